//! Rules of the facts of the work, on sentences made for them.

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> WorkFacts {
    WorkFacts::read(text, &sections::read(text))
}

#[test]
fn years_of_experience_are_read_with_their_range() {
    for (text, min, max) in [
        ("- 5+ years of experience with Rust", Some(5), None),
        ("- 3-5 years in a similar role", Some(3), Some(5)),
        ("3 to 5 years of experience", Some(3), Some(5)),
        ("- At least three years of professional experience", Some(3), None),
        ("mindestens 3 Jahre Berufserfahrung", Some(3), None),
        ("2+ YOE", Some(2), None),
        ("Minimum five (5) years of experience", Some(5), None),
        ("seven or more years of experience", Some(7), None),
        ("5-7+ years of experience", Some(5), None),
        ("up to 3 years of experience", None, Some(3)),
        ("au moins 4 ans d'expérience", Some(4), None),
        ("3 años de experiencia", Some(3), None),
        ("experience: 10yrs in banking", Some(10), None),
    ] {
        let found = years(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!((found[0].min, found[0].max), (min, max), "{text}");
        assert!(text.is_char_boundary(found[0].start) && text.is_char_boundary(found[0].end));
    }
}

#[test]
fn years_of_companies_people_and_contracts_are_no_experience() {
    for text in [
        "Our CEO has 20 years of experience in banking.",
        "We were founded 10 years ago.",
        "Over the last 5 years we have grown.",
        "You must be 18 years old.",
        "Options vest over 4 years with a 1 year cliff.",
        "A sabbatical after 4 years",
        "A 4-year degree",
        "A 2 year contract",
        "Our founders have a combined 30 years of experience.",
        "100+ years of history",
    ] {
        assert_eq!(years(text), [], "{text}");
    }
}

#[test]
fn the_greatest_number_that_is_required_is_the_overall_one() {
    let text = "Acme\nRequirements\n- 2+ years of Go\n- 6+ years of software engineering experience\nNice to have\n- 9 years of experience in finance";
    assert_eq!(read(text).years.map(|found| found.value.min), Some(Some(6)));
}

#[test]
fn degrees_are_read_with_what_may_stand_for_them() {
    let education = |text: &str| {
        read(text).education.map(|found| (found.value.level, found.value.preferred, found.value.equivalent))
    };
    for (text, expected) in [
        ("- Bachelor's degree in Computer Science or equivalent experience", Some((Level::Bachelor, false, true))),
        ("- BS/MS in Computer Science", Some((Level::Bachelor, false, false))),
        ("- Bachelor’s or Master’s degree required", Some((Level::Bachelor, false, false))),
        ("- Master's degree preferred", Some((Level::Master, true, false))),
        ("- PhD in machine learning", Some((Level::Doctorate, false, false))),
        ("- High school diploma or GED", Some((Level::Secondary, false, false))),
        ("- Abgeschlossene Berufsausbildung oder vergleichbare Qualifikation", Some((Level::Vocational, false, true))),
        ("- Abgeschlossenes Studium der Informatik", Some((Level::Bachelor, false, false))),
        ("- Bac+5 en informatique", Some((Level::Master, false, false))),
        ("- A high degree of ownership", None),
        ("- Scrum Master", None),
        ("- No degree required", None),
        ("- Work with PhD scientists", None),
    ] {
        assert_eq!(education(text), expected, "{text}");
    }
}

#[test]
fn sponsoring_is_offered_denied_or_considered() {
    for (text, expected) in [
        ("We do not sponsor visas.", Some(Visa::NotOffered)),
        ("We are unable to sponsor work visas at this time.", Some(Visa::NotOffered)),
        ("Unfortunately, we can't offer visa sponsorship.", Some(Visa::NotOffered)),
        (
            "Applicants must be authorized to work in the US without sponsorship now or in the future.",
            Some(Visa::NotOffered),
        ),
        ("Visa sponsorship is not available for this role.", Some(Visa::NotOffered)),
        ("Visa sponsorship available.", Some(Visa::Offered)),
        ("We sponsor visas and help you move.", Some(Visa::Offered)),
        ("Visa sponsorship may be considered case by case.", Some(Visa::Considered)),
        ("Acme | Berlin | ONSITE | VISA | Full-time", Some(Visa::Offered)),
        ("Will you now or in the future require visa sponsorship?", None),
        ("You will work with executive sponsors.", None),
        ("We sponsor a local football club.", None),
        ("Payments by Visa and Mastercard.", None),
        ("Company-sponsored 401k", None),
    ] {
        assert_eq!(read(text).visa.map(|found| found.value), expected, "{text}");
    }
}

#[test]
fn clearances_and_citizenship_are_read_where_they_are_asked() {
    let clearance = |text: &str| read(text).clearance.map(|found| (found.value.kind, found.value.need));
    assert_eq!(clearance("Active TS/SCI clearance required."), Some((ClearanceKind::TsSci, Need::Required)));
    assert_eq!(clearance("Ability to obtain a Secret clearance"), Some((ClearanceKind::Secret, Need::Eligible)));
    assert_eq!(clearance("Security clearance is a plus"), Some((ClearanceKind::Unnamed, Need::Preferred)));
    assert_eq!(clearance("You must hold SC clearance"), Some((ClearanceKind::Sc, Need::Required)));
    assert_eq!(clearance("The top secret of our kitchen"), None);
    let citizen = |text: &str| read(text).citizenship.map(|found| (found.value.country, found.value.residents));
    assert_eq!(citizen("Must be a U.S. citizen."), Some(("US", false)));
    assert_eq!(citizen("You must be a U.S. citizen or lawful permanent resident."), Some(("US", true)));
    assert_eq!(citizen("We hire without regard to race or U.S. citizenship status."), None);
}

#[test]
fn languages_are_asked_with_a_level() {
    let tongues = |text: &str| -> Vec<(&'static str, Option<Mastery>)> {
        read(text).languages.into_iter().map(|found| (found.value.language, found.value.mastery)).collect()
    };
    assert_eq!(
        tongues("- Fluent in German and English"),
        [("de", Some(Mastery::Fluent)), ("en", Some(Mastery::Fluent))]
    );
    assert_eq!(tongues("- C1 English"), [("en", Some(Mastery::Fluent))]);
    assert_eq!(tongues("- Sehr gute Deutschkenntnisse"), [("de", Some(Mastery::Fluent))]);
    assert_eq!(tongues("- German-speaking"), [("de", None)]);
    assert_eq!(tongues("- Experience in the German market"), []);
}

#[test]
fn benefits_are_codes_from_a_closed_list() {
    let text = "Acme\nBenefits\n- Medical, dental and vision insurance\n- 401(k) match\n- Unlimited PTO\n- Parental leave\nRequirements\n- Knowledge of pension plans";
    let found: Vec<&str> = read(text).benefits.into_iter().map(|found| found.value).collect();
    assert_eq!(found, ["health", "dental", "vision", "retirement", "unlimited_pto", "parental_leave"]);
}

#[test]
fn hours_terms_starts_and_teams_are_read_exactly() {
    let facts = read(
        "40 hours per week. A 12-month contract. Start date: as soon as possible\nWhat you'll do\n- Manage a team of 5-8 engineers",
    );
    assert_eq!(facts.hours.map(|found| found.value), Some(Hours { min: 40.0, max: None }));
    assert_eq!(facts.term_months.map(|found| found.value), Some(12));
    assert_eq!(facts.start.map(|found| found.value), Some("immediate".to_owned()));
    assert_eq!(facts.management.map(|found| found.value), Some(Reports { min: Some(5), max: Some(8) }));
    assert_eq!(read("38,5 Stunden pro Woche").hours.map(|found| found.value.min), Some(38.5));
    assert_eq!(read("We save 40 hours per week").hours, None);
}

#[test]
fn facts_are_written_with_their_words() {
    let text = "Wir suchen dich. Visa sponsorship available.";
    let json = read(text).json(text);
    assert_eq!(json["visa"]["value"], "offered");
    assert_eq!(json["visa"]["quote"], "Visa sponsorship available");
    assert!(json.get("years").is_none());
}

proptest! {
    #[test]
    fn spans_lie_on_characters_of_the_text(text in "(5\\+? |years? |of experience|– |ß|é|visa |sponsor |not |degree |BS |in |team of |\n|40 h |per week|\\PC){0,40}") {
        let json = read(&text).json(&text).to_string();
        prop_assert!(!json.is_empty());
        for found in years(&text) {
            prop_assert!(text.get(found.start..found.end).is_some());
        }
        let facts = read(&text);
        let spans = facts.visa.iter().filter_map(|found| found.span).chain(facts.benefits.iter().filter_map(|found| found.span));
        for (start, end) in spans {
            prop_assert!(text.get(start..end).is_some());
        }
    }
}

/// Time on hostile texts must grow with their length only.
#[test]
fn hostile_texts_take_linear_time() {
    for part in [
        "visa ",
        "5-",
        "years ",
        "degree in ",
        "- ",
        "a: ",
        "security clearance ",
        "German ",
        "team of ",
        "Requirements:\n",
        "bachelor or ",
    ] {
        let spent = |times: usize| {
            let text = part.repeat(times);
            let began = cpu_time::ProcessTime::now();
            read(&text);
            began.elapsed().as_secs_f64()
        };
        spent(100);
        let (short, long) = (spent(2_000).max(0.002), spent(20_000));
        assert!(long < short * 80.0, "{part}: {short} {long}");
    }
}
