//! Titles find their occupations.

use cpu_time::ProcessTime;
use proptest::prelude::*;

use super::*;

fn first(title: &str) -> &'static str {
    ESCO.rank(title, 1).first().map_or("", |(occupation, _)| occupation.label.as_str())
}

#[test]
fn titles_find_their_occupations_by_any_of_their_labels() {
    assert_eq!(ESCO.all.len(), 3_039);
    assert_eq!(ESCO.onet.len(), 1_016);
    assert!(ESCO.onet.iter().filter(|onet| !onet.links.is_empty()).count() > 1_000);
    assert_eq!(first("Data Scientist"), "data scientist");
    assert_eq!(first("Senior Software Developer"), "software developer");
    assert_eq!(first("Nurses"), first("nurse"));
    assert_eq!(first("Mechanical engineer"), "mechanical engineer");
}

#[test]
fn what_says_who_and_where_does_not_change_the_occupation() {
    for title in [
        "Sr. Data Engineer (m/f/d)",
        "Data Engineer II",
        "Data Engineer - Berlin, Germany",
        "Data Engineer | Remote",
        "[R12345] Lead Data Engineer",
        "DATA ENGINEER (w/m/d) 100%",
        "Data Engineers, Payments Team",
    ] {
        assert_eq!(first(title), "data engineer", "{title}");
    }
}

#[test]
fn abbreviations_and_words_of_other_languages_are_known() {
    for (title, label) in [
        ("SWE II", "software developer"),
        ("DBA", "database administrator"),
        ("CISO", "chief ICT security officer"),
        ("Softwareentwickler (m/w/d)", "software developer"),
        ("Elektriker", "electrician"),
        ("Verpleegkundige", "nurse responsible for general care"),
        ("Abogado", "lawyer"),
        ("Programista", "software developer"),
        ("Physical Therapist", "physiotherapist"),
        ("HGV Driver", "cargo vehicle driver"),
    ] {
        assert_eq!(first(title), label, "{title}");
    }
}

#[test]
fn a_title_that_shares_nothing_has_no_occupation() {
    assert!(ESCO.rank("", 5).is_empty() && ESCO.rank("株式会社", 5).is_empty());
    for title in
        ["", "株式会社", "Dream Job", "Manager", "Team Lead", "Senior Associate", "Operator", "Talent pool 2026"]
    {
        assert_eq!(read(title).esco, None, "{title}");
    }
}

#[test]
fn a_plain_title_is_linked_to_all_three_classifications() {
    for (title, isco, soc) in [
        ("Senior Software Engineer", "2512", "15-1252"),
        ("Registered Nurse", "2221", "29-1141"),
        ("Accountant", "2411", "13-2011"),
        ("Bartender", "5132", "35-3011"),
        ("Electrician", "7411", "47-2111"),
        ("Civil Engineer", "2142", "17-2051"),
    ] {
        let reading = read(title);
        assert_eq!(reading.isco.map(|(isco, _)| isco), Some(isco), "{title}");
        assert_eq!(reading.soc.map(|(soc, _)| soc.code), Some(soc.to_owned()), "{title}");
    }
}

#[test]
fn an_occupation_is_found_by_id_address_and_label() {
    let known = ESCO.rank("data scientist", 1)[0].0;
    let address = format!("http://data.europa.eu/esco/occupation/{}", known.id);
    for name in [&known.id, &address, "Data Scientist"] {
        assert_eq!(ESCO.named(name), Some(known));
    }
    assert_eq!(ESCO.named("waiter/waitress").map(|known| known.isco.as_str()), Some("5131"));
    assert_eq!(known.isco.len(), 4);
    assert!(known.code.starts_with(&known.isco));
}

#[test]
fn long_and_strange_titles_take_no_time() {
    let _ = ESCO.rank("warm", 1);
    let start = ProcessTime::now();
    for title in [
        "manager ".repeat(100_000),
        "(".repeat(100_000),
        "a,".repeat(100_000),
        "operator-".repeat(10_000),
        "ﷺ".repeat(50_000),
    ] {
        let _ = read(&title);
    }
    assert!(start.elapsed().as_secs() < 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_title_breaks_the_rules_and_the_same_one_reads_the_same(title in "\\PC{0,120}") {
        let reading = read(&title);
        prop_assert_eq!(&read(&title), &reading);
        let confidences = [reading.esco.map(|found| found.1), reading.isco.map(|found| found.1), reading.soc.map(|found| found.1)];
        prop_assert!(confidences.into_iter().flatten().all(|confidence| (0.0..=1.0).contains(&confidence)));
    }
}

/// Every twentieth label of ESCO, or title of O*NET, is taken out of its table: the table without them, and the names that were taken
/// out with the row that each belongs to.
fn taken_out(text: &str, names: usize) -> (String, Vec<(String, String)>) {
    let (mut table, mut held_out) = (String::new(), Vec::new());
    for (number, line) in text.lines().enumerate() {
        let mut fields: Vec<&str> = line.split('\t').collect();
        let others = fields[names].split('|').enumerate();
        let (out, kept): (Vec<_>, Vec<_>) = others.partition(|(at, _)| (number + at).is_multiple_of(20));
        held_out.extend(
            out.into_iter()
                .filter(|(_, name)| !name.is_empty())
                .map(|(_, name)| (fields[0].to_owned(), name.to_lowercase())),
        );
        let kept: Vec<&str> = kept.into_iter().map(|(_, name)| name).collect();
        let kept = kept.join("|");
        fields[names] = &kept;
        table += &format!("{}\n", fields.join("\t"));
    }
    (table, held_out)
}

fn by_name(held_out: Vec<(String, String)>) -> std::collections::BTreeMap<String, Vec<String>> {
    held_out.into_iter().fold(std::collections::BTreeMap::new(), |mut right, (owner, name)| {
        right.entry(name).or_insert_with(Vec::new).push(owner);
        right
    })
}

/// Labels that no one wrote for this program. O*NET takes no part: its links were made with the labels that are taken out.
#[test]
#[ignore = "takes a minute; run by name for its figure"]
#[expect(clippy::print_stderr, reason = "a measurement is read by people")]
fn labels_that_were_taken_out_are_found_by_the_others() {
    let (table, held_out) = taken_out(&unpacked(OCCUPATIONS), 4);
    let index = Occupations::new(&table, "");
    let ranks: Vec<Option<usize>> = by_name(held_out)
        .iter()
        .map(|(name, ids)| index.rank(name, 1_000).iter().position(|(found, _)| ids.contains(&found.id)))
        .collect();
    let mrr = pipeline_core::eval::Metric::bootstrap(&ranks, |ranks| {
        let (n, sum) = ranks
            .fold((0.0, 0.0), |(n, sum), rank| (n + 1.0, sum + rank.map_or(0.0, |rank| 1.0 / (rank as f64 + 1.0))));
        sum / n
    });
    eprintln!("n {}, MRR {mrr:?}", ranks.len());
    assert!(mrr.value > 0.7);
}

/// Titles of O*NET, every twentieth taken out wherever it stands, find the SOC code of one of their occupations.
#[test]
#[ignore = "takes a minute; run by name for its figure"]
#[expect(clippy::print_stderr, reason = "a measurement is read by people")]
fn titles_that_were_taken_out_of_onet_are_coded_rightly() {
    let out = |name: &str| pipeline_core::hash::Hasher::new("held out").part(name).number().is_multiple_of(20);
    let (mut table, mut held_out) = (String::new(), Vec::new());
    for line in unpacked(ONET).lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let (gone, kept): (Vec<&str>, Vec<&str>) = fields[2].split('|').partition(|name| out(name));
        held_out.extend(gone.into_iter().map(|name| (fields[0].to_owned(), name.to_owned())));
        table += &format!("{}\t{}\t{}\t{}\n", fields[0], fields[1], kept.join("|"), fields[3]);
    }
    let index: &'static Occupations = Box::leak(Box::new(Occupations::new(&unpacked(OCCUPATIONS), &table)));
    let judged: Vec<Option<(bool, f64)>> = by_name(held_out)
        .iter()
        .map(|(name, codes)| {
            let (soc, confidence) = index.read(name).soc?;
            Some((codes.iter().any(|code| code.starts_with(&soc.code)), confidence))
        })
        .collect();
    let told: Vec<bool> = judged.iter().flatten().map(|(right, _)| *right).collect();
    for least in [0.7, 0.75, 0.8, 0.85, 0.9, 0.95] {
        let above: Vec<bool> = judged.iter().flatten().filter(|one| one.1 >= least).map(|one| one.0).collect();
        let right = above.iter().filter(|right| **right).count();
        eprintln!("from {least}: {} told, {:.3} right", above.len(), right as f64 / above.len() as f64);
    }
    let precision = pipeline_core::eval::Metric::share(&told);
    eprintln!("n {}, told {}, precision {precision:?}", judged.len(), told.len());
    assert!(precision.value > 0.74);
}

/// What `tests/peers/onet_links.py` makes the links of O*NET to ESCO of: for each O*NET occupation, how much its titles are like labels
/// of ESCO occupations.
#[test]
#[ignore = "prints a table for tests/peers/onet_links.py"]
#[expect(clippy::print_stdout, reason = "a table for another program")]
fn likeness_of_onet_titles_to_esco_labels() {
    /// Likeness that says nothing.
    const FLOOR: f32 = 0.8;
    /// Weight of the title beside one of the other titles.
    const TITLE: f32 = 4.0;
    for line in unpacked(ONET).lines() {
        let [code, title, others, _] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
        let mut votes = vec![0.0_f32; ESCO.all.len()];
        for (at, name) in std::iter::once(title).chain(others.split('|')).enumerate() {
            let likeness = ESCO.labels.likeness(&of_title(name, Phrases::ByTable));
            for (occupation, likeness) in best(&likeness, 12) {
                votes[occupation] += (likeness - FLOOR).max(0.0) * if at == 0 { TITLE } else { 1.0 };
            }
        }
        let votes = best(&votes, 40)
            .iter()
            .map(|(number, vote)| format!("{}={vote:.3}", ESCO.all[*number].id))
            .collect::<Vec<_>>();
        println!("vote\t{code}\t{}", votes.join("|"));
    }
}
