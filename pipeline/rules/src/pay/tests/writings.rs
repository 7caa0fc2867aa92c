//! How pay is written in many languages, currencies and layouts, and what looks like pay and is none. Made up for these rules, not taken
//! from labelled items.

use super::*;

/// Read as a source's own field in the writing of CLDR for `en-US`.
const FIELDS: &[(&str, &str)] = &[
    ("$143K – $246K • Offers Equity", "143000-246000 USD year"),
    ("CA$78.5K – CA$102K", "78500-102000 CAD year"),
    ("₱2.2M – ₱2.5M • Offers Equity", "2200000-2500000 PHP year"),
    ("¥11M – ¥12M • Offers Equity", "11000000-12000000 JPY year"),
    ("₩97M – ₩116M • Offers Equity", "97000000-116000000 KRW year"),
    ("PLN\u{a0}281K – PLN\u{a0}384K • Offers Equity • Offers Bonus", "281000-384000 PLN year"),
    ("SGD\u{a0}115K – SGD\u{a0}140K", "115000-140000 SGD year"),
    ("CHF\u{a0}110K – CHF\u{a0}140K • Multiple Ranges", "110000-140000 CHF year"),
    ("SEK\u{a0}600K – SEK\u{a0}750K", "600000-750000 SEK year"),
    ("₹3.5M – ₹5M • Offers Equity", "3500000-5000000 INR year"),
    ("R$180K – R$240K", "180000-240000 BRL year"),
    ("MX$600K – MX$900K", "600000-900000 MXN year"),
    ("A$135K – A$168K", "135000-168000 AUD year"),
    ("NZ$120K – NZ$140K", "120000-140000 NZD year"),
    ("HK$480K – HK$720K", "480000-720000 HKD year"),
    ("NT$1.2M – NT$1.8M", "1200000-1800000 TWD year"),
    ("₪360K – ₪480K", "360000-480000 ILS year"),
    ("₪30K – ₪40K per month", "30000-40000 ILS month"),
    ("CN¥400K – CN¥600K", "400000-600000 CNY year"),
    ("₫600M – ₫900M", "600000000-900000000 VND year"),
    ("AED\u{a0}300K – AED\u{a0}420K", "300000-420000 AED year"),
    ("ZAR\u{a0}800K – ZAR\u{a0}1.1M", "800000-1100000 ZAR year"),
    ("COP\u{a0}120M – COP\u{a0}180M", "120000000-180000000 COP year"),
    ("CLP\u{a0}30M – CLP\u{a0}45M", "30000000-45000000 CLP year"),
    ("ARS\u{a0}30M – ARS\u{a0}45M", "30000000-45000000 ARS year"),
    ("HUF\u{a0}12M – HUF\u{a0}18M", "12000000-18000000 HUF year"),
    ("CZK\u{a0}1.2M – CZK\u{a0}1.8M", "1200000-1800000 CZK year"),
    ("RON\u{a0}180K – RON\u{a0}240K", "180000-240000 RON year"),
    ("IDR\u{a0}300M – IDR\u{a0}420M", "300000000-420000000 IDR year"),
    ("MYR\u{a0}120K – MYR\u{a0}180K", "120000-180000 MYR year"),
    ("DKK\u{a0}600K – DKK\u{a0}750K", "600000-750000 DKK year"),
    ("$25.00 – $35.00 per hour", "25-35 USD hour"),
    ("€25.00 – €35.00 per hour", "25-35 EUR hour"),
    ("$400 – $600 per day", "400-600 USD day"),
    ("$5K – $6K per month", "5000-6000 USD month"),
    ("$1.2K – $1.5K per week", "1200-1500 USD week"),
    ("$5K – $6K per 2 weeks", "none"),
    ("$5K – $6K one-time", "none"),
    ("$1M – $1.2M", "1000000-1200000 USD year"),
    ("OTE CA$300K – CA$363K • Offers Equity • Offers Commission", "none"),
    ("Base salary $150K – $180K • Offers Equity", "150000-180000 USD year"),
    ("Estimated CA$410K – CA$480K • Offers Equity", "410000-480000 CAD year"),
    ("$120K – $150K • 0.1% – 0.5%", "120000-150000 USD year"),
    ("$120K – $150K • $20K – $30K Bonus", "120000-150000 USD year"),
    ("$120K – $150K • €20K – €30K VSOP • $30K – $40K Other", "120000-150000 USD year"),
    ("NOK\u{a0}600K – NOK\u{a0}750K", "600000-750000 NOK year"),
    ("TRY\u{a0}1.2M – TRY\u{a0}1.8M", "1200000-1800000 TRY year"),
    ("EGP\u{a0}25K – EGP\u{a0}40K per month", "25000-40000 EGP month"),
    ("KES\u{a0}1.2M – KES\u{a0}1.8M", "1200000-1800000 KES year"),
    ("F\u{202f}CFA12M – F\u{202f}CFA18M", "12000000-18000000 XOF year"),
    ("ISK\u{a0}9M – ISK\u{a0}12M", "9000000-12000000 ISK year"),
];

/// Free text, the country of the place, and what it states.
const WORDS: &[(&str, &str, &str)] = &[
    ("€80k–€100k per year", "", "80000-100000 EUR year"),
    ("Salary: 80.000 - 100.000 € brutto im Jahr", "DE", "80000-100000 EUR year"),
    ("Gehalt: ab 3.500,00 EUR brutto pro Monat", "AT", "3500-? EUR month"),
    ("Jahresgehalt: 55.000,- € bis 65.000,- €", "DE", "55000-65000 EUR year"),
    ("Mindestgehalt laut KV 2.800 € brutto/Monat (14 Gehälter)", "AT", "2800-? EUR month"),
    ("Stundenlohn 15,50 €", "DE", "15.5-15.5 EUR hour"),
    ("Gehaltsspanne zwischen 50.000 und 60.000 EUR", "DE", "50000-60000 EUR year"),
    ("Gehalt bis zu 85.000 €", "DE", "?-85000 EUR year"),
    ("60-70 TEUR Jahresgehalt", "DE", "60000-70000 EUR year"),
    ("Salaire : 40-45 k€ brut annuel", "FR", "40000-45000 EUR year"),
    ("Rémunération 45/55K€ selon profil", "FR", "45000-55000 EUR year"),
    ("Salaire: de 2 300 € à 2 600 € brut par mois", "FR", "2300-2600 EUR month"),
    ("Rémunération : entre 38 000 et 42 000 euros bruts annuels", "FR", "38000-42000 EUR year"),
    ("TJM 500-600 €", "FR", "500-600 EUR day"),
    ("Salaire jusqu'à 60 000 €", "FR", "?-60000 EUR year"),
    ("Salario: 30.000€ - 36.000€ brutos anuales", "ES", "30000-36000 EUR year"),
    ("Salario 1.800 euros al mes", "ES", "1800-1800 EUR month"),
    ("Salário: R$ 8.000,00 a R$ 10.000,00 por mês", "BR", "8000-10000 BRL month"),
    ("Salário R$ 5 mil mensal", "BR", "5000-5000 BRL month"),
    ("Sueldo: $20,000 a $25,000 MXN mensuales", "MX", "20000-25000 MXN month"),
    ("Sueldo 20 mil pesos mensuales", "MX", "20000-20000 MXN month"),
    ("RAL 35.000 - 40.000 €", "IT", "35000-40000 EUR year"),
    ("Retribuzione: 1.800 € al mese", "IT", "1800-1800 EUR month"),
    ("Salaris: € 3.500 - € 4.500 bruto per maand", "NL", "3500-4500 EUR month"),
    ("Salaris tussen €3.500,- en €4.500,- per maand", "NL", "3500-4500 EUR month"),
    ("Wynagrodzenie: 15 000 – 20 000 zł brutto / mies.", "PL", "15000-20000 PLN month"),
    ("Wynagrodzenie od 120 do 150 zł/h netto", "PL", "120-150 PLN hour"),
    ("widełki 18-22 tys. zł", "PL", "18000-22000 PLN month"),
    ("Mzda: 60 000 - 80 000 Kč měsíčně", "CZ", "60000-80000 CZK month"),
    ("Mzda 45.000 Kč/měs", "CZ", "45000-45000 CZK month"),
    ("Fizetés: 900 000 - 1 200 000 Ft/hó", "HU", "900000-1200000 HUF month"),
    ("Salariu: 8.000 - 10.000 lei pe lună", "RO", "8000-10000 RON month"),
    ("Заплата: 4 000 - 6 000 лв. на месец", "BG", "4000-6000 BGN month"),
    ("Зарплата: от 150 000 до 200 000 ₽", "RU", "150000-200000 RUB ?"),
    ("Зарплата 150-200 тыс. руб. в месяц", "RU", "150000-200000 RUB month"),
    ("ЗП 150 т.р. в месяц", "RU", "150000-150000 RUB month"),
    ("Зарплата: 40 000 - 50 000 грн на місяць", "UA", "40000-50000 UAH month"),
    ("Maaş: 60.000 - 80.000 ₺ aylık", "TR", "60000-80000 TRY month"),
    ("Ücret: 50.000 TL", "TR", "50000-50000 TRY ?"),
    ("Lön: 45 000 - 55 000 kr i månaden", "SE", "45000-55000 SEK month"),
    ("Lön 45 000 kr/mån", "SE", "45000-45000 SEK month"),
    ("Løn: kr. 45.000 - 50.000 pr. måned", "DK", "45000-50000 DKK month"),
    ("Årslønn: 650 000 - 750 000 kr", "NO", "650000-750000 NOK year"),
    ("Palkka: 3 500 - 4 200 € / kk", "FI", "3500-4200 EUR month"),
    ("Salary: ₹12,00,000 - ₹18,00,000 per annum", "IN", "1200000-1800000 INR year"),
    ("CTC: 12 - 18 LPA", "IN", "1200000-1800000 ? year"),
    ("Salary: Rs. 25,000 - 30,000 per month", "IN", "25000-30000 INR month"),
    ("Salary: Rs 50,000 per month", "PK", "50000-50000 PKR month"),
    ("Salary 8 lakhs per annum INR", "IN", "800000-800000 INR year"),
    ("Salary INR 15L - 20L", "IN", "1500000-2000000 INR year"),
    ("CTC up to ₹1.2 Cr", "IN", "?-12000000 INR year"),
    ("Gaji: Rp 8.000.000 - Rp 12.000.000 per bulan", "ID", "8000000-12000000 IDR month"),
    ("Gaji Rp 8-12 juta per bulan", "ID", "8000000-12000000 IDR month"),
    ("Salary: RM 4,000 - RM 6,000 per month", "MY", "4000-6000 MYR month"),
    ("Salary RM4k-RM6k monthly", "MY", "4000-6000 MYR month"),
    ("Salary: S$5,000 - S$7,000 / month", "SG", "5000-7000 SGD month"),
    ("Salary HK$30,000 - HK$40,000 per month", "HK", "30000-40000 HKD month"),
    ("Salary: ฿50,000 - ฿70,000 per month", "TH", "50000-70000 THB month"),
    ("Salary ₱40,000 to ₱60,000 monthly", "PH", "40000-60000 PHP month"),
    ("Lương: 20 - 30 triệu đồng/tháng", "VN", "20000000-30000000 VND month"),
    ("年収500万円〜800万円", "JP", "5000000-8000000 JPY year"),
    ("月給30万円～40万円", "JP", "300000-400000 JPY month"),
    ("時給1,500円", "JP", "1500-1500 JPY hour"),
    ("连续薪资 年薪30万元-50万元", "CN", "300000-500000 CNY year"),
    ("연봉 5,000만원 ~ 7,000만원", "KR", "50000000-70000000 KRW year"),
    ("Salary: AED 15,000 - 20,000 per month", "AE", "15000-20000 AED month"),
    ("Salary Dhs. 8,000 monthly", "AE", "8000-8000 AED month"),
    ("Salary SAR 10,000 - 14,000 per month", "SA", "10000-14000 SAR month"),
    ("Salary: KSh 80,000 - 120,000 per month", "KE", "80000-120000 KES month"),
    ("Salary: ₦300,000 - ₦450,000 monthly", "NG", "300000-450000 NGN month"),
    ("Salary: R45 000 - R60 000 per month", "ZA", "45000-60000 ZAR month"),
    ("Salary: R 600 000 - R 750 000 per annum", "ZA", "600000-750000 ZAR year"),
    ("Salary: GH₵ 5,000 per month", "GH", "5000-5000 GHS month"),
    ("Salary CHF 110'000.- bis 130'000.-", "CH", "110000-130000 CHF year"),
    ("Lohn: Fr. 6'500.– pro Monat", "CH", "6500-6500 CHF month"),
    ("Salary: A$120,000 + super", "AU", "120000-120000 AUD year"),
    ("Salary: $120,000 - $140,000 + super", "AU", "120000-140000 AUD year"),
    ("Salary: $90,000 - $110,000 CAD", "CA", "90000-110000 CAD year"),
    ("Salaire: 70 000 $ à 85 000 $ par année", "CA", "70000-85000 CAD year"),
    ("Salary: 75.00–95.00 USD per year", "US", "75000-95000 USD year"),
    ("$75.00 - $95.00 per year base pay", "US", "75000-95000 USD year"),
    ("Salary: 45-55k GBP", "", "45000-55000 GBP year"),
    ("£45-55k DOE", "", "45000-55000 GBP year"),
    ("£450 - £550 per day", "GB", "450-550 GBP day"),
    ("Salary £25,000 pro rata", "GB", "25000-25000 GBP year"),
    ("Salary: £12.50 p/h", "GB", "12.5-12.5 GBP hour"),
    ("Pay: $18-$22 an hour", "US", "18-22 USD hour"),
    ("Pay: $1,200 weekly", "US", "1200-1200 USD week"),
    ("Salary range: $120,000 – 150,000 annually", "US", "120000-150000 USD year"),
    ("Salary range: $120,000—$150,000 USD", "US", "120000-150000 USD year"),
    ("Salary range $120k~$150k", "US", "120000-150000 USD year"),
    ("Salary range $120K－$150K", "US", "120000-150000 USD year"),
    ("Salary: 120,000 US dollars per year", "", "120000-120000 USD year"),
    ("Salary: at least €60,000 per year", "DE", "60000-? EUR year"),
    ("Starting at $55,000 per year", "US", "55000-? USD year"),
    ("Salary starting at $55,000 per year", "US", "55000-? USD year"),
    ("$105,000 Minimum Salary + Equity", "US", "105000-? USD year"),
    ("Salary: €45K-€70 + equity", "NL", "45000-70000 EUR year"),
    ("€50k - 75k | Equity", "DE", "50000-75000 EUR year"),
    ("Engineer | Berlin | €50K-€85K | On-site", "DE", "50000-85000 EUR year"),
    ("Compensation: $100-150k + Equity", "US", "100000-150000 USD year"),
    ("$90,000 - $110,000 base; $180,000 - $220,000 OTE", "US", "90000-110000 USD year"),
    ("OTE $180,000, base $90,000", "US", "90000-90000 USD year"),
    ("We offer $120k-$150k", "US", "120000-150000 USD year"),
    ("Salary: $60,000 - $70,000 plus bonus of $5,000 - $10,000", "US", "60000-70000 USD year"),
    ("Base: $60,000. Bonus: $10,000 - $15,000.", "US", "60000-60000 USD year"),
    ("Total compensation: $200,000 - $300,000, base salary $150,000 - $180,000", "US", "150000-180000 USD year"),
    ("Pay: $20/hr, 35 hours per week", "US", "20-20 USD hour"),
    ("Salary 13,500 - 15,000 SEK", "DE", "13500-15000 SEK ?"),
    (
        "approximate yearly compensation:\n\n - Netherlands: 78.000 EUR.\n - UK: 75.000 GBP.\n - Spain: 65.000 EUR.",
        "",
        "65000-78000 EUR year",
    ),
    ("Base salary £70,000 - £90,000 / $90,000 - $115,000", "", "70000-90000 GBP year"),
];

/// Amounts that are no base pay.
const TRAPS: &[&str] = &[
    "We raised $30M in Series B",
    "We have $50k - $100k budget for tools",
    "Manage a budget of $100,000 - $200,000",
    "Referral bonus: $5,000 - $10,000",
    "Relocation package up to $10,000",
    "sign-on bonus of $15,000 - $25,000",
    "retention bonus $20,000 to $30,000",
    "Total OTE $200,000 - $250,000",
    "OTE: $150k-$200k",
    "Compensation (OTE): $150,000 - $200,000",
    "$150,000 - $200,000 (OTE)",
    "Equity valued at $100,000 - $200,000",
    "401(k) match of $5,000 - $10,000",
    "$10,000 - $20,000 in annual revenue",
    "over 10,000 - 20,000 customers",
    "$100B - $200B AUM",
    "ARR of $10,000,000 to $20,000,000",
    "Signing bonus\n$20,000 – $30,000",
    "home office stipend of $1,000 - $2,000 per year",
    "deal sizes of $50,000 - $250,000",
    "average contract value $25k-$100k",
    "tickets of €50k-€100k per investment",
    "homes that cost $150,000 to $450,000",
    "houses that commonly go for $150,000 to $450,000",
    "insurance coverage up to $50,000",
    "This role is eligible for a $5/hour shift differential.",
    "If you pick up your rx by Sunday you'll pay $20.",
    "For every $1 paid to Salesforce, $3 more are spent",
    "our 400,000+ customer base",
    "Durchschnittliches Zielgehalt ca. 100.000 EUR",
    "customers pay $2,000-$5,000 per month for it",
];

#[test]
fn fields_of_any_currency_are_read_as_their_source_writes_them() {
    let hints = PayHints { dedicated: true, convention: Some(PayConvention::EnglishUs), ..PayHints::default() };
    for (text, expected) in FIELDS {
        assert_eq!(shown(read_pay_text(text, &hints)), *expected, "{text}");
    }
}

#[test]
fn pay_is_read_in_the_writing_of_its_country() {
    for (text, country, expected) in WORDS {
        assert_eq!(read_in(text, country), *expected, "{text}");
    }
}

#[test]
fn amounts_that_are_no_base_pay_are_not_read_as_such() {
    for text in TRAPS {
        assert_eq!(read_in(text, "US"), "none", "{text}");
    }
}

#[test]
fn no_break_spaces_change_nothing() {
    for space in ['\u{a0}', '\u{202f}', '\u{2009}'] {
        for (text, country, expected) in WORDS {
            let text: String = text.chars().map(|c| if c == ' ' { space } else { c }).collect();
            assert_eq!(read_in(&text, country), *expected, "{text}");
        }
    }
}
