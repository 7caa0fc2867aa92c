//! Currencies and how they are written: by ISO 4217 code, by sign, by name.

/// A currency as written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Certain.
    Code(&'static str),
    /// `$`: some dollar or peso.
    Dollar,
    /// `kr`: some krone.
    Krone,
    /// `¥`: yen or yuan.
    Yen,
    /// `Rs`: some rupee.
    Rupee,
    /// `pesos`, without saying whose.
    Peso,
}

/// Signs that stand for one currency, longest first where one begins another. Those with letters follow CLDR's English names and the
/// habits of their countries.
pub const SIGNS: &[(&str, Sign)] = &[
    ("US$", Sign::Code("USD")),
    ("US $", Sign::Code("USD")),
    ("AU $", Sign::Code("AUD")),
    ("NZ $", Sign::Code("NZD")),
    ("HK $", Sign::Code("HKD")),
    ("USD$", Sign::Code("USD")),
    ("CAD$", Sign::Code("CAD")),
    ("AUD$", Sign::Code("AUD")),
    ("NZD$", Sign::Code("NZD")),
    ("SGD$", Sign::Code("SGD")),
    ("HKD$", Sign::Code("HKD")),
    ("MXN$", Sign::Code("MXN")),
    ("COP$", Sign::Code("COP")),
    ("COL$", Sign::Code("COP")),
    ("CLP$", Sign::Code("CLP")),
    ("ARS$", Sign::Code("ARS")),
    ("TTD$", Sign::Code("TTD")),
    ("CDN$", Sign::Code("CAD")),
    ("Can$", Sign::Code("CAD")),
    ("CA$", Sign::Code("CAD")),
    ("AU$", Sign::Code("AUD")),
    ("NZ$", Sign::Code("NZD")),
    ("HK$", Sign::Code("HKD")),
    ("NT$", Sign::Code("TWD")),
    ("MX$", Sign::Code("MXN")),
    ("SG$", Sign::Code("SGD")),
    ("EC$", Sign::Code("XCD")),
    ("TT$", Sign::Code("TTD")),
    ("RD$", Sign::Code("DOP")),
    ("JP¥", Sign::Code("JPY")),
    ("CN¥", Sign::Code("CNY")),
    ("F\u{202f}CFA", Sign::Code("XOF")),
    ("F\u{a0}CFA", Sign::Code("XOF")),
    ("F CFA", Sign::Code("XOF")),
    ("CFPF", Sign::Code("XPF")),
    ("FCFA", Sign::Code("XAF")),
    ("C$", Sign::Code("CAD")),
    ("A$", Sign::Code("AUD")),
    ("S$", Sign::Code("SGD")),
    ("R$", Sign::Code("BRL")),
    ("J$", Sign::Code("JMD")),
    ("$US", Sign::Code("USD")),
    ("$CAN", Sign::Code("CAD")),
    ("$CA", Sign::Code("CAD")),
    ("$U", Sign::Code("UYU")),
    ("$", Sign::Dollar),
    ("＄", Sign::Dollar),
    ("€", Sign::Code("EUR")),
    ("E£", Sign::Code("EGP")),
    ("£", Sign::Code("GBP")),
    ("￡", Sign::Code("GBP")),
    ("₹", Sign::Code("INR")),
    ("₪", Sign::Code("ILS")),
    ("₩", Sign::Code("KRW")),
    ("￦", Sign::Code("KRW")),
    ("₺", Sign::Code("TRY")),
    ("₴", Sign::Code("UAH")),
    ("₱", Sign::Code("PHP")),
    ("₫", Sign::Code("VND")),
    ("₦", Sign::Code("NGN")),
    ("₽", Sign::Code("RUB")),
    ("₵", Sign::Code("GHS")),
    ("GH₵", Sign::Code("GHS")),
    ("GH¢", Sign::Code("GHS")),
    ("₡", Sign::Code("CRC")),
    ("₲", Sign::Code("PYG")),
    ("₸", Sign::Code("KZT")),
    ("₾", Sign::Code("GEL")),
    ("₼", Sign::Code("AZN")),
    ("֏", Sign::Code("AMD")),
    ("৳", Sign::Code("BDT")),
    ("₭", Sign::Code("LAK")),
    ("₮", Sign::Code("MNT")),
    ("៛", Sign::Code("KHR")),
    ("₨", Sign::Rupee),
    ("฿", Sign::Code("THB")),
    ("zł", Sign::Code("PLN")),
    ("Kč", Sign::Code("CZK")),
    ("kč", Sign::Code("CZK")),
    ("S/", Sign::Code("PEN")),
    ("B/.", Sign::Code("PAB")),
    ("¥", Sign::Yen),
    ("￥", Sign::Yen),
];

/// ISO 4217 codes of currencies in use, in order. Units of account and metals are left out.
const CODES: &[&str] = &[
    "AED", "AFN", "ALL", "AMD", "ANG", "AOA", "ARS", "AUD", "AWG", "AZN", "BAM", "BBD", "BDT", "BGN", "BHD", "BIF",
    "BMD", "BND", "BOB", "BRL", "BSD", "BTN", "BWP", "BYN", "BZD", "CAD", "CDF", "CHF", "CLF", "CLP", "CNY", "COP",
    "CRC", "CUP", "CVE", "CZK", "DJF", "DKK", "DOP", "DZD", "EGP", "ERN", "ETB", "EUR", "FJD", "FKP", "GBP", "GEL",
    "GHS", "GIP", "GMD", "GNF", "GTQ", "GYD", "HKD", "HNL", "HTG", "HUF", "IDR", "ILS", "INR", "IQD", "IRR", "ISK",
    "JMD", "JOD", "JPY", "KES", "KGS", "KHR", "KMF", "KPW", "KRW", "KWD", "KYD", "KZT", "LAK", "LBP", "LKR", "LRD",
    "LSL", "LYD", "MAD", "MDL", "MGA", "MKD", "MMK", "MNT", "MOP", "MRU", "MUR", "MVR", "MWK", "MXN", "MYR", "MZN",
    "NAD", "NGN", "NIO", "NOK", "NPR", "NZD", "OMR", "PAB", "PEN", "PGK", "PHP", "PKR", "PLN", "PYG", "QAR", "RON",
    "RSD", "RUB", "RWF", "SAR", "SBD", "SCR", "SDG", "SEK", "SGD", "SHP", "SLE", "SOS", "SRD", "SSP", "STN", "SVC",
    "SYP", "SZL", "THB", "TJS", "TMT", "TND", "TOP", "TRY", "TTD", "TWD", "TZS", "UAH", "UGX", "USD", "UYU", "UZS",
    "VES", "VND", "VUV", "WST", "XAF", "XCD", "XOF", "XPF", "YER", "ZAR", "ZMW", "ZWG",
];

/// Codes that are also words or names in capitals. They are believed only where words speak of pay.
const SHY: &[&str] = &[
    "ALL", "AMD", "ANG", "BAM", "BOB", "CAD", "CUP", "GEL", "GIP", "LAK", "MAD", "MOP", "NAD", "PAB", "PEN", "RON",
    "SHP", "SOS", "SRD", "STN", "TOP", "TRY", "WST",
];

/// The code or abbreviation before or after a number that `word` is; codes count in capitals, since `all`, `try` and `cad` are words.
pub fn word(word: &str) -> Option<Sign> {
    if word.len() == 3
        && let Ok(at) = CODES.binary_search(&word)
    {
        return Some(Sign::Code(CODES[at]));
    }
    Some(match word {
        "euro" | "euros" | "Euro" | "Euros" | "EURO" | "EUROS" | "eur" | "Eur" => Sign::Code("EUR"),
        "usd" | "Usd" => Sign::Code("USD"),
        "gbp" => Sign::Code("GBP"),
        "pln" | "zl" => Sign::Code("PLN"),
        "inr" | "INRs" => Sign::Code("INR"),
        "chf" | "Fr" | "SFr" | "sFr" | "Sfr" | "Frs" => Sign::Code("CHF"),
        "aud" => Sign::Code("AUD"),
        "nzd" => Sign::Code("NZD"),
        "sgd" => Sign::Code("SGD"),
        "hkd" => Sign::Code("HKD"),
        "czk" | "Kc" => Sign::Code("CZK"),
        "huf" | "Ft" => Sign::Code("HUF"),
        "sek" => Sign::Code("SEK"),
        "nok" => Sign::Code("NOK"),
        "dkk" => Sign::Code("DKK"),
        "zar" => Sign::Code("ZAR"),
        "aed" | "Dhs" | "DHS" | "Dh" | "Dirhams" => Sign::Code("AED"),
        "uah" | "грн" => Sign::Code("UAH"),
        "rub" | "руб" | "рублей" => Sign::Code("RUB"),
        "тенге" | "тг" => Sign::Code("KZT"),
        "лв" => Sign::Code("BGN"),
        "NIS" => Sign::Code("ILS"),
        "RMB" | "Rmb" | "CNH" => Sign::Code("CNY"),
        "NTD" => Sign::Code("TWD"),
        "Rp" => Sign::Code("IDR"),
        "RM" => Sign::Code("MYR"),
        "PhP" | "Php" => Sign::Code("PHP"),
        "KSh" | "Ksh" | "KSH" | "KShs" | "Kshs" => Sign::Code("KES"),
        "TSh" | "Tsh" | "TZs" => Sign::Code("TZS"),
        "USh" | "Ush" | "UGx" => Sign::Code("UGX"),
        "VNĐ" | "vnđ" | "vnd" => Sign::Code("VND"),
        "SR" => Sign::Code("SAR"),
        "QR" => Sign::Code("QAR"),
        "KD" => Sign::Code("KWD"),
        "TL" => Sign::Code("TRY"),
        "Rs" | "rs" | "RS" => Sign::Rupee,
        "kr" | "Kr" | "KR" => Sign::Krone,
        _ => return None,
    })
}

/// The currency that `word`, in lower case, names after a number: `won` and `real` before one are other words.
pub fn name(word: &str) -> Option<Sign> {
    Some(match word {
        "dollars" | "dollar" | "dólares" | "dollari" => Sign::Dollar,
        "pesos" => Sign::Peso,
        "pounds" | "sterling" => Sign::Code("GBP"),
        "zloty" | "zlotys" | "złotych" | "złote" => Sign::Code("PLN"),
        "korun" | "koruna" => Sign::Code("CZK"),
        "forint" | "forints" => Sign::Code("HUF"),
        "lei" | "leu" => Sign::Code("RON"),
        "leva" | "лева" => Sign::Code("BGN"),
        "din" | "dinara" | "rsd" => Sign::Code("RSD"),
        "р" | "рубль" | "rubles" | "roubles" => Sign::Code("RUB"),
        "гривень" | "hryvnia" | "uah" => Sign::Code("UAH"),
        "lira" | "lirası" => Sign::Code("TRY"),
        "shekels" | "shekel" | "nis" | "ils" => Sign::Code("ILS"),
        "dirhams" | "dirham" => Sign::Code("AED"),
        "rand" | "rands" => Sign::Code("ZAR"),
        "naira" => Sign::Code("NGN"),
        "cedis" => Sign::Code("GHS"),
        "reais" => Sign::Code("BRL"),
        "soles" => Sign::Code("PEN"),
        "colones" => Sign::Code("CRC"),
        "rupees" | "rupee" => Sign::Rupee,
        "rupiah" => Sign::Code("IDR"),
        "ringgit" => Sign::Code("MYR"),
        "baht" | "บาท" => Sign::Code("THB"),
        "đ" | "đồng" | "dong" => Sign::Code("VND"),
        "yen" | "円" | "jpy" => Sign::Code("JPY"),
        "yuan" | "元" | "人民币" | "cny" => Sign::Code("CNY"),
        "won" | "원" | "krw" => Sign::Code("KRW"),
        "franken" => Sign::Code("CHF"),
        "kronor" | "kroner" | "kronur" | "crowns" => Sign::Krone,
        "cad" => Sign::Code("CAD"),
        "mxn" => Sign::Code("MXN"),
        "brl" => Sign::Code("BRL"),
        _ => return None,
    })
}

/// The dollar that an adjective before `dollars` names.
pub fn dollars_of(adjective: &str) -> Option<Sign> {
    Some(Sign::Code(match adjective {
        "us" | "american" => "USD",
        "canadian" => "CAD",
        "australian" => "AUD",
        "singapore" => "SGD",
        _ => return None,
    }))
}

/// The ISO code called `code` in any case.
pub fn code(code: &str) -> Option<&'static str> {
    let upper = code.trim().to_ascii_uppercase();
    CODES.binary_search(&upper.as_str()).ok().map(|at| CODES[at])
}

/// Whether `code` is also a word in capitals, such as `ALL`.
pub fn is_shy(code: &str) -> bool {
    SHY.binary_search(&code).is_ok()
}

/// The currency that an ambiguous `sign` stands for in a country.
pub fn in_country(sign: Sign, country: &str) -> Option<&'static str> {
    Some(match (sign, country) {
        (Sign::Code(code), _) => code,
        (Sign::Dollar, "US" | "PR" | "GU" | "VI" | "EC" | "SV") => "USD",
        (Sign::Dollar, "CA") => "CAD",
        (Sign::Dollar, "AU") => "AUD",
        (Sign::Dollar, "NZ") => "NZD",
        (Sign::Dollar, "SG") => "SGD",
        (Sign::Dollar, "HK") => "HKD",
        (Sign::Dollar | Sign::Peso, "MX") => "MXN",
        (Sign::Peso, "CO") => "COP",
        (Sign::Peso, "CL") => "CLP",
        (Sign::Peso, "AR") => "ARS",
        (Sign::Peso, "UY") => "UYU",
        (Sign::Peso, "DO") => "DOP",
        (Sign::Peso, "PH") => "PHP",
        (Sign::Krone, "SE") => "SEK",
        (Sign::Krone, "NO") => "NOK",
        (Sign::Krone, "DK" | "GL" | "FO") => "DKK",
        (Sign::Krone, "IS") => "ISK",
        (Sign::Yen, "JP") => "JPY",
        (Sign::Yen, "CN") => "CNY",
        (Sign::Rupee, "IN") => "INR",
        (Sign::Rupee, "PK") => "PKR",
        (Sign::Rupee, "LK") => "LKR",
        (Sign::Rupee, "NP") => "NPR",
        (Sign::Rupee, "MU") => "MUR",
        _ => return None,
    })
}

/// Whether `code` may be written with the ambiguous `sign`.
pub fn may_write(code: &str, sign: Sign) -> bool {
    match sign {
        Sign::Code(other) => other == code,
        Sign::Dollar => matches!(
            code,
            "USD"
                | "CAD"
                | "AUD"
                | "NZD"
                | "SGD"
                | "HKD"
                | "TWD"
                | "MXN"
                | "CLP"
                | "COP"
                | "ARS"
                | "UYU"
                | "DOP"
                | "XCD"
                | "JMD"
                | "TTD"
                | "BBD"
                | "BSD"
                | "BZD"
                | "BMD"
                | "KYD"
                | "FJD"
                | "NAD"
                | "BND"
                | "GYD"
                | "LRD"
                | "SRD"
        ),
        Sign::Krone => matches!(code, "SEK" | "NOK" | "DKK" | "ISK" | "CZK"),
        Sign::Yen => matches!(code, "JPY" | "CNY"),
        Sign::Rupee => matches!(code, "INR" | "PKR" | "LKR" | "NPR" | "MUR" | "SCR"),
        Sign::Peso => matches!(code, "MXN" | "CLP" | "COP" | "ARS" | "UYU" | "DOP" | "PHP" | "CUP"),
    }
}
