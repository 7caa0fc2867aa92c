//! Whether an ISCO group and a SOC code can name one occupation.

/// For each major group of SOC, the major groups of ISCO-08 that its occupations fall in, after the crosswalk of the two
/// classifications by the Bureau of Labor Statistics (2012), widened where groups border on each other.
const MAJOR_GROUPS: &[(&str, &str)] = &[
    ("11", "1235"),
    ("13", "12345"),
    ("15", "123"),
    ("17", "23"),
    ("19", "23"),
    ("21", "235"),
    ("23", "234"),
    ("25", "12345"),
    ("27", "2357"),
    ("29", "2357"),
    ("31", "235"),
    ("33", "13459"),
    ("35", "3459"),
    ("37", "13569"),
    ("39", "23459"),
    ("41", "123459"),
    ("43", "2345789"),
    ("45", "3689"),
    ("47", "3789"),
    ("49", "3789"),
    ("51", "3789"),
    ("53", "345789"),
    ("55", "0"),
];

/// Whether the major groups of an ISCO group and of a SOC code meet.
pub(super) fn agree(isco: &str, soc: &str) -> bool {
    let major = MAJOR_GROUPS.iter().find(|(major, _)| soc.starts_with(major));
    major.is_none_or(|(_, groups)| isco.chars().next().is_none_or(|group| groups.contains(group)))
}

#[cfg(test)]
mod tests {
    use super::agree;

    #[test]
    fn a_software_developer_is_no_plant_operator() {
        assert!(agree("2512", "15-1252") && agree("5223", "41-2031"));
        assert!(!agree("8121", "15-1252") && !agree("2512", "47-2111"));
    }
}
