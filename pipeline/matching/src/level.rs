//! Levels and how far they are from each other.

/// A level of experience or responsibility.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Learning on the job.
    Intern,
    /// First years.
    Junior,
    /// Works alone.
    Mid,
    /// Guides others.
    Senior,
    /// Leads a team's work.
    Lead,
    /// Leads across teams.
    Staff,
    /// Leads across an organisation.
    Principal,
    /// Manages people.
    Manager,
    /// Manages managers.
    Director,
    /// Manages the organisation.
    Executive,
}

/// Every level with the words that people use for it.
const NAMES: &[(Level, &[&str])] = &[
    (Level::Intern, &["intern", "internship", "trainee", "apprentice", "working student", "student"]),
    (Level::Executive, &["executive", "vp", "vice president", "c level", "chief", "cto", "ceo", "cfo", "coo"]),
    (Level::Director, &["director", "head"]),
    (Level::Manager, &["manager", "management"]),
    (Level::Principal, &["principal", "distinguished", "fellow"]),
    (Level::Staff, &["staff"]),
    (Level::Lead, &["lead", "team lead", "tech lead"]),
    (Level::Senior, &["senior", "sr", "experienced", "expert"]),
    (Level::Junior, &["junior", "jr", "entry", "entry level", "graduate", "beginner", "associate"]),
    (Level::Mid, &["mid", "mid level", "midlevel", "middle", "intermediate", "regular", "professional"]),
];

impl Level {
    /// The level that `words` name, the highest kind of responsibility first; `None` when they name none.
    pub fn named(words: &str) -> Option<Self> {
        let named = |names: &[&str]| names.iter().any(|name| crate::words::names(words, name));
        NAMES.iter().find(|(_, names)| named(names)).map(|(level, _)| *level)
    }

    /// The level that tables call `name`.
    pub(crate) fn stored(name: &str) -> Option<Self> {
        Some(match name {
            "intern" => Self::Intern,
            "junior" => Self::Junior,
            "mid" => Self::Mid,
            "senior" => Self::Senior,
            "lead" => Self::Lead,
            "staff" => Self::Staff,
            "principal" => Self::Principal,
            "manager" => Self::Manager,
            "director" => Self::Director,
            "executive" => Self::Executive,
            _ => return None,
        })
    }

    /// The level that `years` of experience usually mean: junior below 2, mid below 5, senior from there on.
    pub fn after(years: f64) -> Option<Self> {
        match years {
            years if !(0.0..=80.0).contains(&years) => None,
            years if years < 2.0 => Some(Self::Junior),
            years if years < 5.0 => Some(Self::Mid),
            _ => Some(Self::Senior),
        }
    }

    /// How well a person of this level fits a role of level `other`, 0 to 1.
    pub(crate) fn fit(self, other: Self) -> f64 {
        let fit = match self.rank().abs_diff(other.rank()) {
            0 => 1.0,
            1 => 0.5,
            2 => 0.1,
            _ => 0.0,
        };
        // Leading people and leading work are different professions even where the rank is the same.
        if self.manages() == other.manages() { fit } else { fit * 0.5 }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Intern => 0,
            Self::Junior => 1,
            Self::Mid => 2,
            Self::Senior => 3,
            Self::Lead | Self::Staff | Self::Manager => 4,
            Self::Principal => 5,
            Self::Director => 6,
            Self::Executive => 7,
        }
    }

    fn manages(self) -> bool {
        matches!(self, Self::Manager | Self::Director | Self::Executive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_write_levels_in_many_ways() {
        for (words, level) in [
            ("senior", Level::Senior),
            ("Sr.", Level::Senior),
            ("Mid-Level", Level::Mid),
            ("entry level", Level::Junior),
            ("Working Student", Level::Intern),
            ("Engineering Manager", Level::Manager),
        ] {
            assert_eq!(Level::named(words), Some(level), "{words}");
        }
        assert_eq!(Level::named("ninja"), None);
        assert_eq!(Level::named(""), None);
    }

    #[test]
    fn the_farther_the_level_the_lower_the_fit() {
        let fits = [Level::Senior, Level::Mid, Level::Junior, Level::Intern].map(|level| Level::Senior.fit(level));
        assert!(fits.windows(2).all(|pair| pair[0] > pair[1]), "{fits:?}");
    }

    #[test]
    fn managing_people_is_not_the_same_as_leading_work() {
        assert!(Level::Staff.fit(Level::Manager) < Level::Staff.fit(Level::Lead));
    }

    #[test]
    fn impossible_years_mean_no_level() {
        assert_eq!(Level::after(-1.0), None);
        assert_eq!(Level::after(f64::NAN), None);
        assert_eq!(Level::after(6.0), Some(Level::Senior));
    }
}
