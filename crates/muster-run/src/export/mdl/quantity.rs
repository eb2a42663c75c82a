//! Inputs as tables: each number once, without the axes along which nothing differs.

use super::writer::{About, Sub, Writer};
use crate::export::names::number;
use crate::export::world::Axis;

/// How far numbers may differ and still be one number that was worked out twice.
const ROUNDING: f64 = 1e-13;

/// An input that was written: its name, and the axes along which it differs.
#[derive(Debug, Clone)]
pub(crate) struct Quantity {
    name: String,
    axes: Vec<Axis>,
}

impl Quantity {
    /// The input with those of the subscripts that it has.
    pub(crate) fn at(&self, writer: &Writer<'_>, subs: &[Sub<'_>]) -> String {
        let own: Vec<Sub<'_>> = subs.iter().filter(|(axis, _)| self.axes.contains(axis)).copied().collect();
        writer.at(&self.name, &own)
    }
}

/// Numbers by axis, the last axis running fastest; not a number where there is none.
struct Table {
    axes: Vec<Axis>,
    shape: Vec<usize>,
    values: Vec<f64>,
}

impl Table {
    fn new(axes: &[Axis], shape: Vec<usize>, get: &dyn Fn(&[usize]) -> Option<f64>) -> Self {
        let size: usize = shape.iter().product();
        let mut values = Vec::with_capacity(size);
        let mut at = vec![0; shape.len()];
        for _ in 0..size {
            values.push(get(&at).unwrap_or(f64::NAN));
            for axis in (0..shape.len()).rev() {
                at[axis] += 1;
                if at[axis] < shape[axis] {
                    break;
                }
                at[axis] = 0;
            }
        }
        Self { axes: axes.to_vec(), shape, values }
    }

    /// Leaves out each axis along which nothing differs, years first.
    fn collapse(mut self) -> Self {
        for axis in (0..self.axes.len()).rev() {
            if let Some(values) = self.without(axis) {
                self.axes.remove(axis);
                self.shape.remove(axis);
                self.values = values;
            }
        }
        self
    }

    fn without(&self, axis: usize) -> Option<Vec<f64>> {
        let inner: usize = self.shape[axis + 1..].iter().product();
        let (outer, length) = (self.shape[..axis].iter().product::<usize>(), self.shape[axis]);
        let mut values = Vec::with_capacity(outer * inner);
        for outer in 0..outer {
            for inner_at in 0..inner {
                let mut line = (0..length).map(|i| self.values[(outer * length + i) * inner + inner_at]);
                let first = line.clone().find(|value| !value.is_nan()).unwrap_or(f64::NAN);
                if !line.all(|value| value.is_nan() || (value - first).abs() <= ROUNDING * first.abs()) {
                    return None;
                }
                values.push(first);
            }
        }
        Some(values)
    }

    /// The numbers of one element of the first axis.
    fn part(&self, i: usize) -> Self {
        let size: usize = self.shape[1..].iter().product();
        Self {
            axes: self.axes[1..].to_vec(),
            shape: self.shape[1..].to_vec(),
            values: self.values[i * size..(i + 1) * size].to_vec(),
        }
    }

    fn numbers(&self) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().map(|value| if value.is_nan() { 0.0 } else { *value })
    }
}

impl Writer<'_> {
    /// Writes an input. `get` gives its number by axis, or none where there is nothing that it could be about.
    ///
    /// A table has two axes at most, because not every program reads more: beyond that there is one for each element of the first.
    pub(crate) fn input(
        &mut self,
        name: &str,
        axes: &[Axis],
        about: About<'_>,
        get: impl Fn(&[usize]) -> Option<f64>,
    ) -> Quantity {
        let shape = axes.iter().map(|axis| self.world.len(*axis)).collect();
        let table = Table::new(axes, shape, &get).collapse();
        let own: Vec<Axis> = table.axes.iter().copied().filter(|axis| !is_year(*axis)).collect();
        let quantity = Quantity { name: name.to_owned(), axes: own.clone() };
        let left = self.ranges(&own);
        if table.axes.len() <= 2 && table.axes == own {
            let name = self.at(name, &borrowed(&left));
            let text = self.with_layout(about.text, &table.axes);
            let rows = rows(&table);
            self.constants(&name, &slices(&rows), About { text: &text, ..about });
            return quantity;
        }
        let mut equations = Vec::new();
        self.split(name, about, &table, &left, &mut equations);
        let list: Vec<(String, String)> =
            equations.iter().map(|(subs, right)| (self.at(name, &borrowed(subs)), right.clone())).collect();
        self.equations(&list, about);
        quantity
    }

    fn ranges(&self, axes: &[Axis]) -> Vec<(Axis, String)> {
        axes.iter().map(|axis| (*axis, self.range_of(*axis).to_owned())).collect()
    }

    /// Finds the right-hand side for each element, writing the tables on the way.
    fn split(
        &mut self,
        label: &str,
        about: About<'_>,
        table: &Table,
        left: &[(Axis, String)],
        equations: &mut Vec<(Vec<(Axis, String)>, String)>,
    ) {
        if table.axes.len() <= 2 {
            let right = self.table(label, about, table);
            equations.push((left.to_vec(), right));
            return;
        }
        let axis = table.axes[0];
        for i in 0..table.shape[0] {
            let element = self.element(axis, i).to_owned();
            let joint = if axis == Axis::Area || axis == Axis::Setting { "in" } else { "of" };
            let label = format!("{label} {joint} {element}");
            let left: Vec<(Axis, String)> =
                left.iter().map(|(of, sub)| (*of, if *of == axis { element.clone() } else { sub.clone() })).collect();
            self.split(&label, about, &table.part(i).collapse(), &left, equations);
        }
    }

    /// Writes a table of two axes at most, unless it is there already, and says how to read it.
    fn table(&mut self, label: &str, about: About<'_>, table: &Table) -> String {
        if table.axes.is_empty() {
            return number(table.numbers().next().unwrap_or(0.0));
        }
        let key = (table.axes.clone(), table.numbers().map(f64::to_bits).collect::<Vec<_>>());
        let known = self.tables.get(&key).cloned();
        let name = known.unwrap_or_else(|| {
            let by_year = table.axes.iter().any(|axis| is_year(*axis));
            let name = self.names.unique(&if by_year { format!("{label} by year") } else { label.to_owned() });
            let subs = self.ranges(&table.axes);
            let left = self.at(&name, &borrowed(&subs));
            let text = self.with_layout(about.text, &table.axes);
            let rows = rows(table);
            self.constants(&left, &slices(&rows), About { text: &text, ..about });
            self.tables.insert(key, name.clone());
            name
        });
        let year = table.axes.iter().copied().find(|axis| is_year(*axis));
        let subs: Vec<(Axis, String)> = table
            .axes
            .iter()
            .map(|axis| (*axis, format!("{}{}", self.range_of(*axis), if is_year(*axis) { "!" } else { "" })))
            .collect();
        let read = self.at(&name, &borrowed(&subs));
        match year {
            Some(Axis::Year) => format!("SUM({read} * this year[year!])"),
            Some(_) => format!("SUM({read} * coming year[later year!])"),
            None => read,
        }
    }

    /// What the rows and columns are, for tables that are not a single number.
    fn with_layout(&self, text: &str, axes: &[Axis]) -> String {
        let list = |axis: Axis| match axis {
            Axis::Age => "ages 16 to 75 and over".to_owned(),
            Axis::CitizenAge => "ages 0 to 90 and over".to_owned(),
            Axis::Year | Axis::LaterYear => {
                let years = &self.world.resolved.years;
                let first = usize::from(axis == Axis::LaterYear);
                format!("years {} to {}", years[first], years[years.len() - 1])
            }
            _ => {
                let elements = (0..self.world.len(axis)).map(|i| self.element(axis, i));
                elements.collect::<Vec<_>>().join("; ")
            }
        };
        match axes {
            [] => text.to_owned(),
            [one] => format!("{text}\nIn order: {}.", list(*one)),
            [rows, columns, ..] => format!("{text}\nRows: {}.\nColumns: {}.", list(*rows), list(*columns)),
        }
    }
}

fn is_year(axis: Axis) -> bool {
    matches!(axis, Axis::Year | Axis::LaterYear)
}

fn borrowed(subs: &[(Axis, String)]) -> Vec<Sub<'_>> {
    subs.iter().map(|(axis, sub)| (*axis, sub.as_str())).collect()
}

/// A row for each element of the first of two axes; else one row.
fn rows(table: &Table) -> Vec<Vec<f64>> {
    let values: Vec<f64> = table.numbers().collect();
    let width = if table.axes.len() == 2 { table.shape[1] } else { values.len() };
    values.chunks(width.max(1)).map(<[f64]>::to_vec).collect()
}

fn slices(rows: &[Vec<f64>]) -> Vec<&[f64]> {
    rows.iter().map(Vec::as_slice).collect()
}
