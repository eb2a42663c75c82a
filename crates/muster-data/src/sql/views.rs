//! The views: what each is, what its columns are, and how it is made of what is stored.

/// A view over the dataset.
#[derive(Debug, Clone, Copy)]
pub struct View {
    /// Its name.
    pub name: &'static str,
    /// What a row of it is.
    pub about: &'static str,
    /// Its columns, each with what it holds.
    pub columns: &'static [(&'static str, &'static str)],
    pub(super) query: &'static str,
}

/// The schema in which the tables lie that views are made of. Questions cannot reach it.
pub(super) const STORED: &str = "stored";

/// Every view, in the order in which one is made of others.
pub const VIEWS: &[View] = &[
    View {
        name: "facts",
        about: "One value of one publication, with everything that says what it is a value of. A dimension that is \
                empty means all.",
        columns: &[
            ("publication", "the id of the publication; they overlap, so name one before adding"),
            ("period", "the period as text: 2021-03, 2020/21, 2020, 2018-10/2019-09"),
            ("starts", "its first day"),
            ("ends", "its last day"),
            ("place", "the code of a place; ENG is England"),
            ("staff", "a profession or staff group; all is everyone"),
            ("setting", "a setting, such as acute"),
            ("age", "an age or a band of ages, such as 25-34"),
            ("sex", "a sex"),
            ("ethnicity", "an ethnic group"),
            ("nationality", "a nationality"),
            ("grade", "a pay band or grade"),
            ("detail", "any dimension without a column of its own"),
            ("measure", "what was measured: an id of measures"),
            ("value", "the value, a decimal with six places; nothing where the publisher withheld it"),
            ("unit", "its unit"),
            ("status", "empty, or suppressed where the publisher withheld the value"),
            ("source", "publication and edition"),
        ],
        query: "SELECT publication, period, starts, ends, place, staff, setting, age, sex, ethnicity, nationality, \
                grade, detail, measure, value, unit, status, source FROM stored.facts",
    },
    View {
        name: "place_names",
        about: "What one publication says of one place. A place is named by many, and not alike.",
        columns: &[
            ("publication", "the id of the publication"),
            ("code", "the code of the place"),
            ("kind", "country, region, system, organisation, sub_icb, pcn, practice, local_authority or area"),
            ("name", "its name there"),
            ("parent", "the code of what it belongs to"),
            ("opened", "the day it opened"),
            ("closed", "the day it closed"),
            ("seen_from", "the first day that the publication speaks of it"),
            ("seen_to", "the last"),
        ],
        query: "SELECT publication, code, kind, name, parent, CAST(opened AS DATE) AS opened, CAST(closed AS DATE) AS \
                closed, CAST(seen_from AS DATE) AS seen_from, CAST(seen_to AS DATE) AS seen_to FROM stored.places",
    },
    View {
        name: "places",
        about: "One place, once, as the publication says that saw it last: facts join to it without doubling. A name in \
                small letters goes before one in capitals.",
        columns: &[
            ("code", "the code of the place"),
            ("kind", "country, region, system, organisation, sub_icb, pcn, practice, local_authority or area"),
            ("name", "its name"),
            ("parent", "the code of what it belongs to, as that publication sees it"),
            ("system", "the code of the system that it is, or belongs to"),
            ("region", "the code of the NHS region that it is, or belongs to"),
            ("opened", "the day it opened"),
            ("closed", "the day it closed"),
            ("seen_from", "the first day that any publication speaks of it"),
            ("seen_to", "the last"),
        ],
        query: "WITH above AS (SELECT DISTINCT code, kind FROM place_names WHERE kind IN ('system', 'region')), \
                once AS (SELECT n.code, \
                  first_value(n.kind ORDER BY seen_to DESC NULLS LAST, publication, name, parent) AS kind, \
                  first_value(name ORDER BY name = upper(name), seen_to DESC NULLS LAST, publication, name, parent) \
                    FILTER (WHERE name <> '') AS name, \
                  first_value(parent ORDER BY seen_to DESC NULLS LAST, publication, name, parent) \
                    FILTER (WHERE parent <> '') AS parent, \
                  first_value(parent ORDER BY seen_to DESC NULLS LAST, publication, name, parent) \
                    FILTER (WHERE above.kind = 'system') AS system, \
                  first_value(parent ORDER BY seen_to DESC NULLS LAST, publication, name, parent) \
                    FILTER (WHERE above.kind = 'region') AS region, \
                  min(opened) AS opened, max(closed) AS closed, min(seen_from) AS seen_from, max(seen_to) AS seen_to \
                  FROM place_names AS n LEFT JOIN above ON above.code = n.parent GROUP BY n.code) \
                SELECT p.code, p.kind, p.name, p.parent, \
                CASE p.kind WHEN 'system' THEN p.code ELSE p.system END AS system, \
                CASE p.kind WHEN 'region' THEN p.code ELSE coalesce(s.region, p.region) END AS region, \
                p.opened, p.closed, p.seen_from, p.seen_to \
                FROM once AS p LEFT JOIN once AS s ON s.code = p.system",
    },
    View {
        name: "successions",
        about: "What became of a place: the place that took over from it.",
        columns: &[
            ("publication", "the id of the publication that says so"),
            ("from_place", "the code of the place before"),
            ("to_place", "the code of the place after"),
            ("date", "the day of the change"),
            ("share", "the share that went there; nothing where it is not said"),
            ("change", "merger, split and so on, in the publication's words"),
        ],
        query: "SELECT publication, \"from\" AS from_place, \"to\" AS to_place, CAST(\"date\" AS DATE) AS \"date\", \
                CAST(CAST(share AS DOUBLE) AS DECIMAL(18, 6)) AS share, change FROM stored.successors",
    },
    View {
        name: "links",
        about: "How one place relates to another: the share of a trust's activity that is a system's, for instance.",
        columns: &[
            ("publication", "the id of the publication that says so"),
            ("kind", "activity_share, admissions, residence and so on"),
            ("from_place", "the code of one place"),
            ("to_place", "the code of the other"),
            ("weight", "how much"),
        ],
        query: "SELECT publication, kind, \"from\" AS from_place, \"to\" AS to_place, \
                CAST(CAST(weight AS DOUBLE) AS DECIMAL(18, 6)) AS weight FROM stored.links",
    },
    View {
        name: "measures",
        about: "What is measured, and what exactly counts.",
        columns: &[
            ("id", "its id"),
            ("title", "its title"),
            ("unit", "its unit; empty where each fact says it"),
            ("kind", "stock, flow, rate, score, count, money or share"),
            ("adds", "whether values of places that do not overlap may be added"),
            ("family", "the everyday name it shares with measures that count something else"),
            ("definition", "what is counted, who is not, and when"),
        ],
        query: "SELECT id, title, unit, kind, CAST(adds AS BOOLEAN) AS adds, family, definition FROM stored.measures",
    },
    View {
        name: "staff",
        about: "A profession or staff group.",
        columns: &[
            ("id", "its id"),
            ("title", "its title"),
            ("parent", "the group that it belongs to"),
            ("book", "the same thing in the assumption books"),
        ],
        query: "SELECT id, title, parent, book FROM stored.staff",
    },
    View {
        name: "staff_parts",
        about: "A staff group and one of the parts whose FTE add to it.",
        columns: &[("whole", "the id of the group"), ("part", "the id of the part")],
        query: "SELECT whole, part FROM stored.staff_parts",
    },
    View {
        name: "publications",
        about: "A publication in the dataset.",
        columns: &[
            ("id", "its id"),
            ("title", "its title"),
            ("publisher", "who publishes it"),
            ("licence", "its licence"),
            ("covers_from", "the first day that its facts speak of"),
            ("covers_to", "the last"),
            ("facts", "how many facts it has"),
            ("person_level", "whether its rows are people: then no other view holds anything of it"),
        ],
        query: "SELECT id, title, publisher, licence, CAST(covers_from AS DATE) AS covers_from, \
                CAST(covers_to AS DATE) AS covers_to, CAST(facts AS BIGINT) AS facts, \
                CAST(person_level AS BOOLEAN) AS person_level FROM stored.publications",
    },
    View {
        name: "files",
        about: "A file that was added to the dataset.",
        columns: &[
            ("name", "its name"),
            ("publication", "the publication that it is"),
            ("edition", "its edition"),
            ("bytes", "its size"),
            ("sha256", "the hash of its bytes"),
            ("rows_in", "rows below headings that hold anything"),
            ("rows_filed", "rows of which something was filed"),
            ("rows_refused", "rows of which nothing was, because something was not understood"),
            ("facts", "facts filed"),
            ("not_understood", "cells that were not understood"),
        ],
        query: "SELECT name, publication, edition, CAST(bytes AS BIGINT) AS bytes, sha256, \
                CAST(rows_in AS BIGINT) AS rows_in, CAST(rows_filed AS BIGINT) AS rows_filed, \
                CAST(rows_refused AS BIGINT) AS rows_refused, CAST(facts AS BIGINT) AS facts, \
                CAST(not_understood AS BIGINT) AS not_understood FROM stored.files",
    },
    View {
        name: "log",
        about: "What the adding of one file changed.",
        columns: &[
            ("at", "when it was added"),
            ("file", "the file"),
            ("publication", "the publication"),
            ("edition", "the edition"),
            ("added", "facts that were new"),
            ("unchanged", "facts that were there already, with the same value"),
            ("revised", "facts whose value it changed"),
            ("kept_newer", "facts whose value differs and that a newer edition had given already"),
        ],
        query: "SELECT CAST(at AS TIMESTAMP) AS at, file, publication, edition, CAST(added AS BIGINT) AS added, \
                CAST(unchanged AS BIGINT) AS unchanged, CAST(revised AS BIGINT) AS revised, \
                CAST(kept_newer AS BIGINT) AS kept_newer FROM stored.log",
    },
    View {
        name: "stock",
        about: "Staff in post at the end of one month, FTE and headcount side by side, by place and staff group and \
                nothing else. Places and groups contain each other: pick a kind of place and the groups before adding.",
        columns: &[
            ("publication", "the id of the publication; the national record is hchs-staff"),
            ("month_end", "the last day of the month"),
            ("place", "the code of the place"),
            ("place_kind", "its kind"),
            ("place_name", "its name"),
            ("place_parent", "the code of what it belongs to"),
            ("staff", "the id of the profession or staff group"),
            ("staff_title", "its title"),
            ("fte", "full-time equivalents"),
            ("headcount", "people; adding them over places counts some twice"),
        ],
        query: "SELECT publication, month_end, place, p.kind AS place_kind, p.name AS place_name, \
                p.parent AS place_parent, staff, s.title AS staff_title, fte, headcount \
                FROM (SELECT publication, ends AS month_end, place, staff, \
                  max(value) FILTER (WHERE measure = 'fte') AS fte, \
                  max(value) FILTER (WHERE measure = 'headcount') AS headcount FROM facts \
                  WHERE measure IN ('fte', 'headcount') AND setting = '' AND age = '' AND sex = '' AND \
                  ethnicity = '' AND nationality = '' AND grade = '' AND detail = '' AND \
                  date_trunc('month', starts) = date_trunc('month', ends) \
                  GROUP BY publication, ends, place, staff) AS month \
                LEFT JOIN places AS p ON p.code = month.place LEFT JOIN staff AS s ON s.id = month.staff",
    },
    View {
        name: "flows",
        about: "Joiners, leavers and movers of one period, with the words for what was counted. Measures of one family \
                count different things: never add them to each other.",
        columns: &[
            ("publication", "the id of the publication"),
            ("starts", "the first day of the period"),
            ("ends", "the last"),
            ("place", "the code of the place"),
            ("place_kind", "its kind"),
            ("place_name", "its name"),
            ("staff", "the id of the profession or staff group"),
            ("staff_title", "its title"),
            ("age", "a band of ages; empty means all"),
            ("grade", "a pay band or grade; empty means all"),
            ("family", "joiners, leavers and so on"),
            ("measure", "the id of the measure"),
            ("measure_title", "its title"),
            ("value", "how many"),
            ("unit", "its unit"),
        ],
        query: "SELECT f.publication, f.starts, f.ends, f.place, p.kind AS place_kind, p.name AS place_name, f.staff, \
                s.title AS staff_title, f.age, f.grade, m.family, f.measure, m.title AS measure_title, f.value, f.unit \
                FROM facts AS f JOIN measures AS m ON m.id = f.measure AND m.kind = 'flow' \
                LEFT JOIN places AS p ON p.code = f.place LEFT JOIN staff AS s ON s.id = f.staff \
                WHERE f.setting = '' AND f.sex = '' AND f.ethnicity = '' AND f.nationality = '' AND f.detail = ''",
    },
];
