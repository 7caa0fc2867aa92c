//! Rules of employers' names, one by one.

use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization as _;

use super::*;

fn of(name: &str) -> Employer {
    identity(name, Hints::default())
}

#[test]
fn spellings_of_one_employer_share_a_key() {
    for name in [
        "Acme",
        "ACME, Inc.",
        "Acme GmbH & Co. KG",
        "The Acme Company",
        "Acme Sp. z o.o.",
        "  Acme  ,  Inc.  ",
        "ＡＣＭＥ",
    ] {
        assert_eq!(key(Some(name)), "acme", "{name}");
    }
    assert_eq!(key(Some("Nestlé S.A.")), "nestle");
    assert_eq!(key(Some("Cooperative")), "cooperative");
    assert_eq!(key(Some("Marks & Spencer")), key(Some("Marks and Spencer")));
    assert_eq!(key(Some("ﬁnance")), "finance");
    assert_eq!(key(Some("İstanbul Tekstil")), key(Some("Istanbul Tekstil")));
    assert_eq!((key(None), key(Some("")), key(Some(" – "))), Default::default());
}

#[test]
fn names_that_differ_by_a_letter_stay_apart() {
    for (one, other) in [
        ("Škoda", "Koda"),
        ("Żubr", "Zubr"),
        ("Ėmė", "Eme"),
        ("Ġenerali", "Generali"),
        ("日本電産", "日本電気"),
        ("C", "C++"),
    ] {
        assert_ne!(key(Some(one)), key(Some(other)));
        assert_eq!(of(one).same_as(&of(other)), None);
    }
}

#[test]
fn a_name_that_is_a_legal_form_stays() {
    assert_eq!(key(Some("Group")), "group");
    assert_eq!(key(Some("株式会社")), "株式会社");
    assert_eq!(key(Some("株式会社メルカリ")), "メルカリ");
}

#[test]
fn what_a_posting_adds_to_a_name_is_left_out() {
    for (name, rule) in [
        ("Careers at Acme", "careers"),
        ("Acme | Careers", "careers"),
        ("Acme Jobs", "careers"),
        ("Acme is hiring", "careers"),
        ("Acme is looking for a cook", "careers"),
        ("Acme (www.acme.com)", "site"),
        ("Acme (YC W21)", "batch"),
        ("Acme [YCS20]", "batch"),
        ("Acme (formerly Umbrella)", "formerly"),
        ("Acme, fka Umbrella", "formerly"),
        ("Acme, part of Umbrella", "part-of"),
        ("Acme (an Umbrella Company)", "part-of"),
        ("Umbrella Foods LLC dba Acme", "trading-as"),
        ("Umbrella Ltd (t/a Acme)", "trading-as"),
        ("Acme via Umbrella Recruiting", "via"),
        ("The Acme", "the"),
        ("Acme Holdings", "group"),
    ] {
        let employer = of(name);
        assert_eq!(employer.key, "acme", "{name}");
        assert!(employer.steps.iter().any(|step| step.rule == rule), "{employer:?}");
        assert_ne!(identity_without(name, Hints::default(), &[rule]).key, "acme", "{name} without {rule}");
    }
}

#[test]
fn a_country_or_a_domain_is_left_out_of_the_family_alone() {
    for name in
        ["Acme Germany GmbH", "Acme (UK) Ltd", "Acme EMEA", "Acme.com", "www.acme.io", "Acme North America, Inc."]
    {
        let employer = of(name);
        assert_ne!(employer.key, "acme");
        assert_eq!(employer.family, "acme", "{name}");
        assert!(employer.same_as(&of("Acme")).is_some_and(|certainty| certainty < 0.8));
    }
    for name in ["Bank of America", "Air France", "Teach for India", "Germany"] {
        assert!(of(name).steps.iter().all(|step| step.rule != "country-tail"), "{name}");
    }
    assert_eq!(key(Some("Scale AI")), key(Some("Scale.ai")));
}

#[test]
fn each_step_leads_on_from_the_one_before() {
    let employer = of("Careers at The Acme Holdings (UK) Ltd. (YC W21)");
    assert!(employer.steps.windows(2).all(|two| two[0].to == two[1].from), "{:?}", employer.steps);
    assert_eq!(employer.steps.last().unwrap().to, employer.family);
    assert!(employer.certainty() < 1.0 && employer.certainty() > 0.5);
}

#[test]
fn a_posting_without_an_employer_takes_the_name_of_its_board() {
    let hints = Hints { board: Some("acme-robotics") };
    assert_eq!(identity("", hints).key, "acme robotics");
    assert_eq!(identity("Umbrella", hints).key, "umbrella");
}

#[test]
fn an_account_writes_a_name_in_one_word() {
    for (name, account) in [
        ("Rocket Lab", "Rocketlab"),
        ("Tenable", "Tenableinc"),
        ("Automattic", "Automatticcareers"),
        ("Sumo Logic", "sumologic"),
        ("Shield AI", "Shieldai"),
    ] {
        assert!(of(name).same_as(&of(account)).is_some_and(|certainty| certainty < 0.9), "{name}");
    }
    assert_eq!(of("Zinc").same_as(&of("Z")), None);
}

/// Pairs of real names, labelled by reading (`tests/labels/EMPLOYERS.md`).
#[test]
fn real_names_are_linked_where_they_are_of_one_employer() {
    let labels = include_str!("../../../../tests/labels/employers.jsonl");
    let (mut right, mut missed, mut wrong) = (0, Vec::new(), Vec::new());
    for line in labels.lines() {
        let label: serde_json::Value = serde_json::from_str(line).unwrap();
        let [one, other] = ["one", "other"].map(|name| of(label[name].as_str().unwrap()));
        match (label["same"].as_bool().unwrap(), one.same_as(&other).is_some()) {
            (true, true) => right += 1,
            (true, false) => missed.push(line),
            (false, true) => wrong.push(line),
            (false, false) => {}
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(right >= 36 && right + missed.len() == 49, "{right} found, missed {missed:#?}");
}

proptest! {
    #[test]
    fn the_key_of_a_key_is_that_key(name in "\\PC{0,60}") {
        let once = key(Some(&name));
        prop_assert_eq!(key(Some(&once)), once);
    }

    #[test]
    fn the_key_of_a_key_of_name_words_is_that_key(words in prop::collection::vec(
        prop::sample::select(vec!["Acme", "The", "S.A.", "GmbH", "&", "Co.", "Group", "(YC W21)", "dba", "via", "Careers", "UK", ".com", "株式会社",
            "J.P.", "formerly", "(", ")", "|", "-", "a", "o.o.", "Facebook", "PT", "at", "t", "jobs at", "Ż", "İ", "."]), 0..9)) {
        let once = key(Some(&words.join(" ")));
        prop_assert_eq!(key(Some(&once)), once);
    }

    #[test]
    fn composed_and_decomposed_names_share_a_key(name in "[A-Za-zÀ-žИ-яéü .,&]{0,40}") {
        let [composed, decomposed] = [name.nfc().collect::<String>(), name.nfd().collect()];
        // Longer names are cut by bytes, which fall differently.
        prop_assert_eq!(key(Some(&composed)), key(Some(&decomposed)));
    }

    #[test]
    fn no_name_breaks_the_rules(name in "\\PC{0,400}", text in "\\PC{0,200}") {
        let employer = of(&name);
        prop_assert!(employer.steps.len() < 2_000);
        let _ = agency(Some(&name), &text);
    }
}
