//! Rules of sections, on texts made for them.

use proptest::prelude::*;

use super::*;

fn kinds(text: &str) -> Vec<(Kind, &str)> {
    read(text).into_iter().map(|section| (section.kind, section.heading.map_or("", |(a, b)| &text[a..b]))).collect()
}

#[test]
fn headings_open_sections_and_text_before_them_is_read_by_its_words() {
    let text = "Acme is on a mission to make anvils that people love, backed by the best investors of the desert.\n\n\
        What you’ll do\n- Build anvils\n\nRequirements:\n- 5+ years of Rust\n\nNice to have\n- Go\n\n🎁 Perks & Benefits\n- 401k\n\n\
        Acme is an equal opportunity employer.";
    assert_eq!(
        kinds(text),
        [
            (Kind::About, ""),
            (Kind::Duties, "What you’ll do"),
            (Kind::Requirements, "Requirements:"),
            (Kind::Preferred, "Nice to have"),
            (Kind::Benefits, "🎁 Perks & Benefits"),
            (Kind::Legal, ""),
        ]
    );
}

#[test]
fn headings_are_known_in_ten_languages() {
    for (heading, kind) in [
        ("Bonus points if you have:", Kind::Preferred),
        ("Preferred qualifications", Kind::Preferred),
        ("You might be a fit if…", Kind::Requirements),
        ("**Nice to have**", Kind::Preferred),
        ("Who we are", Kind::About),
        ("Who we are looking for", Kind::Requirements),
        ("About you", Kind::Requirements),
        ("About Acme", Kind::About),
        ("As a Senior Engineer at Acme, you will:", Kind::Duties),
        ("Interview Process", Kind::Process),
        ("Ihr Profil", Kind::Requirements),
        ("Was wir bieten", Kind::Benefits),
        ("Deine Aufgaben:", Kind::Duties),
        ("Votre profil", Kind::Requirements),
        ("Qui sommes-nous ?", Kind::About),
        ("Vos missions", Kind::Duties),
        ("¿Qué ofrecemos?", Kind::Benefits),
        ("Requisitos", Kind::Requirements),
        ("Wat ga je doen?", Kind::Duties),
        ("Wij bieden", Kind::Benefits),
        ("Cosa offriamo", Kind::Benefits),
        ("Chi siamo", Kind::About),
        ("Diferenciais", Kind::Preferred),
        ("Sobre a vaga", Kind::Duties),
        ("Twój zakres obowiązków", Kind::Duties),
        ("Mile widziane:", Kind::Preferred),
        ("Om tjänsten", Kind::Duties),
        ("Meriterande", Kind::Preferred),
        ("Dine kvalifikationer", Kind::Requirements),
        ("Vi tilbyder", Kind::Benefits),
    ] {
        assert_eq!(heading::kind(heading), Some(kind), "{heading}");
    }
}

#[test]
fn a_sentence_is_no_heading() {
    for line in [
        "The requirements of our customers change every day, and so do we.",
        "- Experience with requirements engineering",
        "You have the responsibility to say what you think and the right to be heard",
        "Work from 9:00 to 17:30 in the office",
    ] {
        assert!(!matches!(heading::read(line), Some(heading::Heading::Line(_))), "{line}");
    }
}

#[test]
fn a_list_without_a_known_heading_is_read_by_its_items() {
    let text = "The gig\n- Build services\n- Own the roadmap\n- Mentor others\n\nThe gist\n- 5+ years of Rust\n- Knowledge of SQL\n\
        - A degree in physics";
    assert_eq!(kinds(text), [(Kind::Duties, "The gig"), (Kind::Requirements, "The gist")]);
    assert_eq!(kinds("Words\n- Red\n- Green\n- Blue"), [(Kind::Other, "")]);
}

#[test]
fn one_item_that_is_said_to_be_preferred_is_a_section_of_its_own() {
    let text = "Requirements\n- Rust\n- Bonus: Kafka\n- SQL";
    assert_eq!(
        kinds(text),
        [(Kind::Requirements, "Requirements"), (Kind::Preferred, "- Bonus:"), (Kind::Requirements, "")]
    );
    assert_eq!(kind_at(&read(text), text.find("Kafka").expect("there")), Some(Kind::Preferred));
    assert_eq!(kind_at(&read(text), text.find("SQL").expect("there")), Some(Kind::Requirements));
}

proptest! {
    #[test]
    fn sections_tile_the_text(text in "(Requirements:?\n|- Bonus: x\n|- Build\n|Pay: 5\n|About us\n|\\PC{0,20}\n|[a-zé:. ]{0,9}\n?){0,30}") {
        let sections = read(&text);
        let mut at = 0;
        for section in &sections {
            prop_assert_eq!(section.start, at);
            prop_assert!(section.end >= at && text.is_char_boundary(section.end));
            if let Some((start, end)) = section.heading {
                prop_assert!(section.start <= start && start <= end && end <= section.end);
                prop_assert!(text.is_char_boundary(start) && text.is_char_boundary(end));
            }
            at = section.end;
        }
        prop_assert_eq!(at, text.len());
    }
}
