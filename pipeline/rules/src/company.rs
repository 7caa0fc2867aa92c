//! Employers: the key that the spellings of one employer share.

use crate::place::fold;

/// Legal forms that end a name, folded.
const LEGAL_FORMS: &[&str] = &[
    "inc",
    "incorporated",
    "llc",
    "ltd",
    "limited",
    "gmbh",
    "ag",
    "se",
    "sa",
    "sas",
    "sarl",
    "srl",
    "spa",
    "bv",
    "nv",
    "ab",
    "as",
    "aps",
    "oy",
    "oyj",
    "plc",
    "corp",
    "corporation",
    "co",
    "company",
    "kg",
    "kgaa",
    "ohg",
    "ug",
    "eg",
    "ev",
    "pbc",
    "pty",
    "pte",
    "llp",
    "lp",
    "kft",
    "zrt",
    "doo",
    "sro",
    "sp",
    "z o o",
    "zoo",
    "sl",
    "slu",
    "lda",
    "pvt",
    "private",
    "gbr",
    "mbh",
    "holding",
    "holdings",
    "group",
];

/// `company` in lower case without accents, punctuation and legal form; empty for an unknown employer.
pub fn key(company: Option<&str>) -> String {
    let Some(company) = company else { return String::new() };
    let folded = fold(company).replace('&', " and ");
    let mut words: Vec<&str> =
        folded.split(|c: char| !c.is_alphanumeric() && c != '+').filter(|word| !word.is_empty()).collect();
    if words.len() > 1 && words[0] == "the" {
        words.remove(0);
    }
    while words.len() > 1
        && words.last().is_some_and(|word| LEGAL_FORMS.contains(word) || matches!(*word, "o" | "oo" | "z" | "and"))
    {
        words.pop();
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_employer_share_a_key() {
        for name in ["Acme", "ACME, Inc.", "Acme GmbH & Co. KG", "The Acme Company", "Acme Sp. z o.o."] {
            assert_eq!(key(Some(name)), "acme", "{name}");
        }
        assert_eq!(key(Some("Nestlé S.A.")), "nestle");
        assert_eq!(key(Some("Cooperative")), "cooperative");
        assert_eq!(key(None), "");
    }

    #[test]
    fn a_name_that_is_a_legal_form_stays() {
        assert_eq!(key(Some("Group")), "group");
        assert_eq!(key(Some("株式会社メルカリ")), "株式会社メルカリ");
    }
}
