//! JSON Schema of each file, for editors.

use schemars::{JsonSchema, schema_for};
use serde_json::Value;

use crate::{
    action, assumption, book, check, dependence, figure, geography, maturity, pay_bands, plan, progress, question,
    scenario, source, stress, taxonomy,
};

/// Files made of one list of sections, in the shape an editor sees them.
macro_rules! lists {
    ($name:ident { $($field:ident : $item:ty),* }) => {
        #[derive(JsonSchema)]
        #[expect(dead_code, reason = "only its shape is used")]
        #[schemars(deny_unknown_fields)]
        struct $name {
            $(#[serde(default)] $field: Vec<$item>,)*
        }
    };
}

lists!(Professions { group: taxonomy::RawGroup, profession: taxonomy::RawProfession });
lists!(Programmes { programme: taxonomy::RawProgramme });
lists!(Actions { action: action::RawAction });
lists!(Progress { progress: progress::RawReport });
lists!(Scenarios { scenario: scenario::RawScenario });
lists!(Stress { failure: stress::RawFailure, policy: stress::RawPolicy });
lists!(Targets { target: check::RawCheck });
lists!(Checks { check: check::RawCheck });
lists!(Dependence { group: dependence::RawDependence });
lists!(Calibration { calibrated: book::RawCalibrated });

/// A framework, and a self-assessment: what they say of themselves beside their lists.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape is used")]
struct Framework {
    #[serde(flatten)]
    itself: maturity::RawFramework,
    readiness: Vec<maturity::RawReadiness>,
    activity: Vec<maturity::RawActivity>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape is used")]
struct Maturity {
    #[serde(flatten)]
    itself: maturity::RawMaturity,
    #[serde(default)]
    answer: Vec<maturity::RawAnswer>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape is used")]
struct Question {
    #[serde(flatten)]
    itself: question::RawQuestion,
    target: Vec<question::RawTarget>,
    lever: Vec<question::RawLever>,
    #[serde(default)]
    limit: Vec<question::RawLimit>,
    #[serde(default)]
    substitution: Vec<question::RawSubstitution>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape is used")]
struct Geography {
    #[serde(flatten)]
    itself: geography::RawGeography,
    #[serde(default)]
    training: Vec<geography::RawRule>,
    #[serde(default)]
    site: Vec<geography::RawSite>,
}

/// `move` cannot be a field name in Rust.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its shape is used")]
#[schemars(deny_unknown_fields)]
struct Moves {
    #[serde(default, rename = "move")]
    moves: Vec<taxonomy::RawMove>,
}

/// The name of each schema and the schema itself.
pub fn schemas() -> Vec<(&'static str, Value)> {
    [
        ("action", schema_for!(Actions)),
        ("assumption", schema_for!(assumption::RawFile)),
        ("book", schema_for!(book::RawBook)),
        ("calibration", schema_for!(Calibration)),
        ("check", schema_for!(Checks)),
        ("dependence", schema_for!(Dependence)),
        ("figure", schema_for!(figure::RawFigure)),
        ("framework", schema_for!(Framework)),
        ("geography", schema_for!(Geography)),
        ("maturity", schema_for!(Maturity)),
        ("move", schema_for!(Moves)),
        ("pay_bands", schema_for!(pay_bands::RawPayBands)),
        ("plan", schema_for!(plan::RawPlan)),
        ("profession", schema_for!(Professions)),
        ("programme", schema_for!(Programmes)),
        ("progress", schema_for!(Progress)),
        ("question", schema_for!(Question)),
        ("scenario", schema_for!(Scenarios)),
        ("source", schema_for!(source::RawSource)),
        ("stress", schema_for!(Stress)),
        ("target", schema_for!(Targets)),
    ]
    .into_iter()
    .map(|(name, schema)| (name, schema.to_value()))
    .collect()
}
