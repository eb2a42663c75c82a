//! Where care is given. Staff groups and professions themselves are data: a book lists them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A care setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Setting {
    /// Hospitals.
    Acute,
    /// Community health services.
    Community,
    /// Mental health and learning disability services.
    MentalHealth,
    /// General practice and primary care networks.
    PrimaryCare,
    /// Ambulance services.
    Ambulance,
}

/// Text that names no care setting.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("`{0}` is not a care setting: use acute, community, mental_health, primary_care or ambulance")]
pub struct ParseSettingError(String);

impl Setting {
    /// Every setting, in the order of reports.
    pub const ALL: [Self; 5] = [Self::Acute, Self::Community, Self::MentalHealth, Self::PrimaryCare, Self::Ambulance];

    /// Its place in [`Setting::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// As written in books and results.
    pub fn id(self) -> &'static str {
        match self {
            Self::Acute => "acute",
            Self::Community => "community",
            Self::MentalHealth => "mental_health",
            Self::PrimaryCare => "primary_care",
            Self::Ambulance => "ambulance",
        }
    }

    /// As written in a report.
    pub fn title(self) -> &'static str {
        match self {
            Self::Acute => "Acute",
            Self::Community => "Community",
            Self::MentalHealth => "Mental health and learning disability",
            Self::PrimaryCare => "Primary care",
            Self::Ambulance => "Ambulance",
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.id())
    }
}

impl FromStr for Setting {
    type Err = ParseSettingError;

    fn from_str(text: &str) -> Result<Self, ParseSettingError> {
        Self::ALL.into_iter().find(|setting| setting.id() == text).ok_or_else(|| ParseSettingError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_setting_reads_back_from_what_it_writes() {
        for (i, setting) in Setting::ALL.into_iter().enumerate() {
            assert_eq!(setting.id().parse::<Setting>().unwrap(), setting);
            assert_eq!(setting.index(), i);
        }
        assert!("hospital".parse::<Setting>().is_err());
    }
}
