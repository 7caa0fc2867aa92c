//! Legal forms of companies, by where the country writes them.

/// Forms at the end of a name, as they are spelled after [`super::letters::spelled`].
/// Compiled by hand from the company laws of the countries named.
const LAST: &[&str] = &[
    // English-speaking countries
    "inc",
    "incorporated",
    "llc",
    "l l c",
    "ltd",
    "limited",
    "plc",
    "corp",
    "corporation",
    "co",
    "company",
    "pbc",
    "lp",
    "llp",
    "lllp",
    "pllc",
    "pc",
    "pty",
    "pte",
    "pvt",
    "private",
    "cic",
    "ltee",
    "proprietary",
    "unlimited",
    "ultd",
    "nfp",
    "pjsc",
    "fze",
    "fzco",
    "fz llc",
    "dmcc",
    // German-speaking countries
    "gmbh",
    "g m b h",
    "mbh",
    "ggmbh",
    "ag",
    "se",
    "kg",
    "kgaa",
    "ohg",
    "ug",
    "ug haftungsbeschrankt",
    "haftungsbeschrankt",
    "eg",
    "ev",
    "e v",
    "gbr",
    "e k",
    "ek",
    "sarl",
    "stiftung co kg",
    // France, Belgium, Luxembourg, Switzerland
    "sa",
    "s a",
    "sas",
    "sasu",
    "s a s",
    "sarl",
    "s a r l",
    "eurl",
    "sca",
    "scop",
    "sprl",
    "srl",
    "scrl",
    "asbl",
    // Spain, Portugal, Latin America, Brazil
    "sl",
    "s l",
    "slu",
    "sau",
    "sll",
    "lda",
    "ltda",
    "eireli",
    "epp",
    "sa de cv",
    "s a de c v",
    "s de rl de cv",
    "s de r l de c v",
    "sapi de cv",
    "sab de cv",
    "sac",
    "eirl",
    "spa",
    // Italy
    "srls",
    "s r l",
    "s p a",
    "sapa",
    "snc",
    "scarl",
    "societa benefit",
    // Netherlands, Nordic countries, Baltic countries
    "bv",
    "b v",
    "nv",
    "n v",
    "vof",
    "ab",
    "a b",
    "publ",
    "as",
    "a s",
    "asa",
    "ans",
    "aps",
    "a p s",
    "k s",
    "i s",
    "p s",
    "oy",
    "oyj",
    "oy ab",
    "ab oy",
    "hf",
    "ehf",
    "ou",
    "uab",
    "sia",
    // Central and eastern Europe
    "sp z o o",
    "sp zoo",
    "spzoo",
    "z o o",
    "zoo",
    "sp z oo",
    "z oo",
    "sp k",
    "sp j",
    "sro",
    "s r o",
    "spol sro",
    "spol s r o",
    "spol",
    "kft",
    "zrt",
    "nyrt",
    "doo",
    "d o o",
    "dd",
    "d d",
    "dooel",
    "ad",
    "ead",
    "eood",
    "ood",
    "ооо",
    "оао",
    "зао",
    "пао",
    "ао",
    "ooo",
    "tov",
    "jsc",
    "ojsc",
    "cjsc",
    "epe",
    "ike",
    // Turkey, Israel, Africa
    "anonim sirketi",
    "ltd sti",
    "sti",
    "a s ticaret",
    "rf npc",
    "npc",
    // Asia
    "sdn bhd",
    "bhd",
    "sdn",
    "kk",
    "k k",
    "g k",
    "gk",
    "tbk",
    "pt",
    "co ltd",
];

/// Forms at the beginning of a name.
const FIRST: &[&str] = &[
    "pt", "ооо", "оао", "зао", "пао", "ао", "ooo", "oao", "zao", "pao", "тов", "тоо", "tov", "too", "uab", "sia", "ab",
    "oy", "firma",
];

/// Forms that are written without a space to the name.
const UNSPACED: &[&str] = &[
    "株式会社",
    "(株)",
    "（株）",
    "㈱",
    "有限会社",
    "(有)",
    "合同会社",
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "有限公司",
    "集团",
    "주식회사",
    "(주)",
    "㈜",
    "유한회사",
];

/// What groups of companies add to their name.
const GROUP: &[&str] = &["holding", "holdings", "group", "gruppe", "groupe", "grupo", "gruppo", "grupa", "koncernen"];

/// Most words of a legal form.
const MOST_WORDS: usize = 7;

/// `name` without legal forms at its end and beginning.
pub(super) fn without(name: &str) -> Option<String> {
    let mut words: Vec<&str> = name.split(' ').collect();
    let length = words.len();
    while let Some(form) = longest(&words, LAST, |words, count| &words[words.len() - count..]) {
        words.truncate(words.len() - form);
        // "GmbH & Co. KG" leaves an "and".
        if words.len() > 1 && words.last() == Some(&"and") {
            words.pop();
        }
    }
    while let Some(form) = longest(&words, FIRST, |words, count| &words[..count]) {
        words.drain(..form);
    }
    (words.len() < length).then(|| words.join(" "))
}

/// How many words the longest form among `forms` at one end of `words` takes, when a word is left besides it.
fn longest(
    words: &[&str],
    forms: &[&str],
    end: for<'a, 'b> fn(&'a [&'b str], usize) -> &'a [&'b str],
) -> Option<usize> {
    (1..=MOST_WORDS.min(words.len().saturating_sub(1)))
        .rev()
        .find(|count| forms.contains(&end(words, *count).join(" ").as_str()))
}

/// `name` without a form that is written without a space.
pub(super) fn unspaced(name: &str) -> Option<String> {
    let mut rest = name.trim();
    while let Some(shorter) =
        UNSPACED.iter().find_map(|form| rest.strip_prefix(form).or_else(|| rest.strip_suffix(form)))
    {
        rest = shorter.trim();
    }
    (rest.len() < name.trim().len()).then(|| rest.to_owned())
}

/// `name` without what groups add.
pub(super) fn without_group(name: &str) -> Option<String> {
    let mut words: Vec<&str> = name.split(' ').collect();
    let length = words.len();
    while words.len() > 1 && words.last().is_some_and(|word| GROUP.contains(word) || *word == "and") {
        words.pop();
    }
    (words.len() < length).then(|| words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::super::key;

    #[test]
    fn legal_forms_are_left_out_where_their_country_writes_them() {
        for name in [
            "Acme S.A.",
            "PT Acme",
            "PT. Acme Tbk",
            "ООО Acme",
            "株式会社Acme",
            "Acme(株)",
            "㈱Acme",
            "Acme Sdn Bhd",
            "Acme A/S",
            "Acme d.o.o.",
            "Acme Pty Ltd",
            "Acme (Pty) Ltd",
            "Acme K.K.",
            "Acme S. de R.L. de C.V.",
            "Acme, S.A. de C.V.",
            "Acme Sp. z o. o.",
            "Acme s. r. o.",
            "Acme GmbH & Co. KGaA",
            "Acme S.p.A.",
            "Acme UG (haftungsbeschränkt)",
            "AB Acme (publ)",
            "UAB Acme",
            "Acme OÜ",
            "Acme L.L.C.",
            "주식회사 Acme",
            "Acme股份有限公司",
            "Acme Co., Ltd.",
            "Acme Pvt. Ltd.",
            "Acme e.V.",
        ] {
            assert_eq!(key(Some(name)), "acme", "{name}");
        }
    }

    #[test]
    fn a_legal_form_elsewhere_is_a_word() {
        for (name, expected) in [
            ("Se Ri Pak", "se ri pak"),
            ("Company of Heroes", "company of heroes"),
            ("Limited Brands", "limited brands"),
        ] {
            assert_eq!(key(Some(name)), expected);
        }
    }
}
