//! Small panels to forecast.

use muster_forecast::{Level, Month, Panel, Series};
use proptest::collection::vec;
use proptest::prelude::*;

/// January 2010, when every small world begins.
pub(crate) fn start() -> Month {
    Month::new(2010, 1).expect("January")
}

/// One series by itself.
pub(crate) fn alone(values_fte: Vec<f64>) -> Panel {
    let series = Series { id: "England".into(), level: Level::England, parent: None, start: start(), values_fte };
    Panel::new(vec![series]).expect("one series")
}

/// England of two regions, the first of two systems, and each smallest place of organisations; and England of three staff groups.
/// `organisations` are five series of one length, and staff groups share each month's total in fixed parts.
pub(crate) fn england(organisations: &[Vec<f64>]) -> Panel {
    let months = organisations[0].len();
    let sum = |of: &[usize]| -> Vec<f64> {
        (0..months).map(|month| of.iter().map(|&one| organisations[one][month]).sum()).collect()
    };
    let one = |id: &str, level, parent: Option<&str>, values_fte: Vec<f64>| Series {
        id: id.into(),
        level,
        parent: parent.map(Into::into),
        start: start(),
        values_fte,
    };
    let total = sum(&[0, 1, 2, 3, 4]);
    let share = |part: f64| total.iter().map(|fte| fte * part).collect::<Vec<f64>>();
    Panel::new(vec![
        one("England", Level::England, None, total.clone()),
        one("Doctors", Level::StaffGroup, Some("England"), share(0.125)),
        one("Nurses", Level::StaffGroup, Some("England"), share(0.5)),
        one("Others", Level::StaffGroup, Some("England"), share(0.375)),
        one("North", Level::Region, Some("England"), sum(&[0, 1, 2])),
        one("South", Level::Region, Some("England"), sum(&[3, 4])),
        one("Aire", Level::System, Some("North"), sum(&[0, 1])),
        one("Tees", Level::System, Some("North"), sum(&[2])),
        one("Solent", Level::System, Some("South"), sum(&[3, 4])),
        one("Leeds", Level::Organisation, Some("Aire"), organisations[0].clone()),
        one("York", Level::Organisation, Some("Aire"), organisations[1].clone()),
        one("Durham", Level::Organisation, Some("Tees"), organisations[2].clone()),
        one("Dorset", Level::Organisation, Some("Solent"), organisations[3].clone()),
        one("Hampshire", Level::Organisation, Some("Solent"), organisations[4].clone()),
    ])
    .expect("sums add up")
}

/// Five organisations of `months` months: growth, a season, and now and then a month that starts, ends or moves them.
pub(crate) fn organisations(months: usize) -> impl Strategy<Value = Vec<Vec<f64>>> {
    let one = (50.0..5000.0, -0.005..0.008, 0.0..0.05, 0..months, 0..4_u8, vec(-0.004..0.004, months));
    let values = move |(level, growth, season, event, kind, noise): (f64, f64, f64, usize, u8, Vec<f64>)| {
        let value = |month: usize| {
            let august = if month % 12 == 7 { season } else { 0.0 };
            let fte: f64 = level * (growth * month as f64 + august + noise[month]).exp();
            match kind {
                0 if month < event => 0.0,
                1 if month >= event => 0.0,
                2 if month >= event => 1.5 * fte,
                _ => fte,
            }
        };
        (0..months).map(value).collect::<Vec<f64>>()
    };
    vec(one.prop_map(values), 5).prop_filter("someone has been there for two years", |all| {
        all.iter().any(|one| one.iter().all(|fte| *fte > 0.0))
    })
}

/// Five plain organisations, for tests that do not need chance.
pub(crate) fn five(months: usize) -> Vec<Vec<f64>> {
    let one = |level: f64, growth: f64, season: f64| -> Vec<f64> {
        let wobble = |month: usize| 0.003 * ((month * month * 7 % 13) as f64 - 6.0) / 6.0;
        let august = |month: usize| if month % 12 == 7 { season } else { 0.0 };
        (0..months).map(|month| level * (growth * month as f64 + august(month) + wobble(month)).exp()).collect()
    };
    vec![
        one(4000.0, 0.002, 0.03),
        one(900.0, -0.001, 0.0),
        one(2500.0, 0.001, 0.02),
        one(60.0, 0.006, 0.0),
        one(1500.0, 0.0, 0.01),
    ]
}
