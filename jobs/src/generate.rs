//! Made-up postings for load tests: as skewed, repeated, multilingual and broken as real ones, the same bytes for the
//! same seed.
//!
//! Each line follows from the seed and its own number alone, so that memory does not grow with the number of lines; a
//! repost makes the line that it repeats once more.

use std::io::{self, Write};

use schemas::{Day, Micros};
use serde::Serialize;
use serde_json::{Value, json};

use crate::print::count;

/// The mapping under which `waypost import --mapping` reads the lines.
pub const MAPPING: &str = r#"name = "generated"

[columns]
id = "id"
title = "title"
company = "company"
location = "location"
remote = "remote"
salary_min = "salary_min"
salary_max = "salary_max"
salary_currency = "salary_currency"
salary_period = "salary_period"
salary_text = "salary_text"
posted_at = "posted_at"
employment = "employment"
skills = "skills"
description = "description"
url = "url"

[options]
description_markup = "html"
"#;

/// The last day on which a posting is published: 2026-11-20.
const LAST_DAY: Day = Day(20_777);
/// Days over which publication is spread.
const DAYS: u64 = 180;
/// Postings per employer on average.
const POSTINGS_PER_EMPLOYER: u64 = 40;
/// How far back a repeated line lies at most, in lines.
const REPEAT_WITHIN: u64 = 5_000;
/// Words that every description has at least.
const FEWEST_WORDS: usize = 90;

/// Writes made-up postings.
pub struct Generator {
    seed: u64,
    postings: u64,
    employers: u64,
}

/// What was written, in lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// All of them.
    pub postings: u64,
    /// Postings that repeat no other.
    pub originals: u64,
    /// Exact repetitions of an earlier posting under a new id and date.
    pub reposts: u64,
    /// The same with a few words changed.
    pub near_duplicates: u64,
    /// Lines that cannot be kept: no title, or not an object at all.
    pub broken: u64,
    /// Readable postings that state no pay anywhere.
    pub without_pay: u64,
    /// Readable postings that state pay in the description alone.
    pub pay_in_text: u64,
}

impl Generator {
    /// A generator of `postings` lines; equal arguments give equal bytes.
    pub fn new(seed: u64, postings: u64) -> Self {
        Self { seed, postings, employers: (postings / POSTINGS_PER_EMPLOYER).max(8) }
    }

    /// Writes every line as JSON.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write_ndjson(&self, out: &mut dyn Write) -> io::Result<Summary> {
        let mut summary = Summary { postings: self.postings, ..Summary::default() };
        for number in 0..self.postings {
            let fate = self.fate(number);
            match fate {
                Fate::Broken => {
                    summary.broken += 1;
                    self.write_broken(number, out)?;
                }
                Fate::Original | Fate::Repost | Fate::NearDuplicate => {
                    let posting = self.posting(number, fate);
                    summary.count(fate, &posting);
                    serde_json::to_writer(&mut *out, &posting)?;
                }
            }
            out.write_all(b"\n")?;
        }
        Ok(summary)
    }

    fn fate(&self, number: u64) -> Fate {
        match Random::new(self.seed, Purpose::Fate, number).below(100) {
            _ if number == 0 => Fate::Original,
            0..2 => Fate::Broken,
            2..10 => Fate::Repost,
            10..16 => Fate::NearDuplicate,
            _ => Fate::Original,
        }
    }

    /// The line that `number` repeats: the nearest original before a point within reach. Line 0 is one.
    fn repeated(&self, number: u64, random: &mut Random) -> u64 {
        let back = 1 + random.below(number.clamp(1, REPEAT_WITHIN));
        let start = number.saturating_sub(back);
        (0..=start).rev().find(|earlier| self.fate(*earlier) == Fate::Original).unwrap_or_default()
    }

    fn posting(&self, number: u64, fate: Fate) -> Posting {
        let mut random = Random::new(self.seed, Purpose::Repeat, number);
        let model = if fate == Fate::Original { number } else { self.repeated(number, &mut random) };
        let mut posting = self.original(model);
        if fate == Fate::Original {
            return posting;
        }
        posting.name(number, self.seed);
        posting.posted_at = Micros((posting.posted_at.0 + (7 + random.below(38) as i64) * DAY_US).min(END_US));
        if fate == Fate::NearDuplicate {
            posting.description = changed(&posting.description, &mut random);
        }
        posting
    }

    fn original(&self, number: u64) -> Posting {
        let mut random = Random::new(self.seed, Purpose::Original, number);
        let employer = Employer::new(self.seed, random.skewed(self.employers));
        let market = if random.chance(85) { employer.market } else { random.among(MARKETS) };
        let field = if random.chance(70) { employer.field } else { random.among(FIELDS) };
        let level = random.among(LEVELS);
        let city = market.cities[random.skewed(market.cities.len() as u64) as usize];
        let remote = random.of(&[None, None, None, Some("remote"), Some("hybrid"), Some("onsite")]);
        let language = market.language.filter(|_| random.chance(45)).map_or(&ENGLISH, |language| language);
        let skills = skills(field, &mut random);
        let pay = Pay::of(market, field, level, &mut random);
        let stated = random.below(100);
        let mut posting = Posting {
            title: title(field, level, market, city, remote, &mut random),
            location: location(city, market, remote, &mut random),
            remote,
            posted_at: Micros(END_US - (random.below(DAYS) as i64) * DAY_US - random.below(DAY_US as u64) as i64),
            employment: random.of(&[
                None,
                Some("Full-time"),
                Some("Full-time"),
                Some("full_time"),
                Some("Contract"),
                Some("Part-time"),
            ]),
            skills: random.chance(40).then(|| skills.iter().map(|skill| (*skill).to_owned()).collect()),
            ..Posting::default()
        };
        posting.name(number, self.seed);
        let mut words_of_pay = None;
        match stated {
            0..35 => {}
            35..47 => words_of_pay = Some(pay.words(&mut random)),
            47..52 => posting.salary_text = Some(pay.words(&mut random)),
            _ => posting.pay(&pay, stated < 58, stated >= 97),
        }
        posting.pay_in_text = words_of_pay.is_some();
        posting.description = Text { language, employer: &employer, city, skills: &skills, title: field.name }
            .html(words_of_pay.as_deref(), &mut random);
        posting.company = employer.name;
        posting
    }

    fn write_broken(&self, number: u64, out: &mut dyn Write) -> io::Result<()> {
        let mut random = Random::new(self.seed, Purpose::Broken, number);
        let mut value = serde_json::to_value(self.original(number))?;
        let kind = random.below(5);
        match (kind, value.as_object_mut()) {
            (0, Some(fields)) => drop(fields.remove("title")),
            (1, Some(fields)) => drop(fields.insert("title".to_owned(), Value::Null)),
            (2, Some(fields)) => drop(fields.insert("title".to_owned(), json!({"text": {"en": "Engineer"}}))),
            (3, _) => value = json!([value["id"], value["company"], 17]),
            _ => {}
        }
        let text = value.to_string();
        // The fifth kind is a line that was cut off; the cut is moved to a place where a character ends.
        let end = if kind == 4 { text.floor_char_boundary(text.len() / 2) } else { text.len() };
        out.write_all(&text.as_bytes()[..end])
    }
}

impl Summary {
    fn count(&mut self, fate: Fate, posting: &Posting) {
        match fate {
            Fate::Original => self.originals += 1,
            Fate::Repost => self.reposts += 1,
            Fate::NearDuplicate => self.near_duplicates += 1,
            Fate::Broken => self.broken += 1,
        }
        let in_fields = posting.salary_min.is_some() || posting.salary_max.is_some() || posting.salary_text.is_some();
        self.pay_in_text += u64::from(posting.pay_in_text);
        self.without_pay += u64::from(!in_fields && !posting.pay_in_text);
    }
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Original,
    Repost,
    NearDuplicate,
    Broken,
}

const DAY_US: i64 = 86_400_000_000;
/// The last instant of [`LAST_DAY`], to the second.
const END_US: i64 = (LAST_DAY.0 as i64 + 1) * DAY_US - 1_000_000;

#[derive(Clone, Debug, Default, Serialize)]
struct Posting {
    id: String,
    title: String,
    company: String,
    location: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    remote: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salary_min: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salary_max: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salary_currency: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salary_period: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    salary_text: Option<String>,
    #[serde(serialize_with = "to_the_second")]
    posted_at: Micros,
    #[serde(skip_serializing_if = "Option::is_none")]
    employment: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skills: Option<Vec<String>>,
    description: String,
    url: String,
    #[serde(skip)]
    pay_in_text: bool,
}

fn to_the_second<S: serde::Serializer>(time: &Micros, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&Micros(time.0 - time.0.rem_euclid(1_000_000)))
}

impl Posting {
    fn name(&mut self, number: u64, seed: u64) {
        self.id = format!("g{seed:x}-{number}");
        self.url = format!("https://jobs.example/{}", self.id);
    }

    fn pay(&mut self, pay: &Pay, only_min: bool, without_currency: bool) {
        self.salary_min = Some(pay.min);
        self.salary_max = (!only_min).then_some(pay.max);
        self.salary_currency = (!without_currency).then_some(pay.market.currency);
        self.salary_period = Some(pay.period);
    }
}

/// An employer, which follows from its rank by size.
struct Employer {
    name: String,
    market: &'static Market,
    field: &'static Field,
    trade: &'static str,
}

impl Employer {
    fn new(seed: u64, rank: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Employer, rank);
        let (first, rest) = (rank % FIRST.len() as u64, rank / FIRST.len() as u64);
        let (second, turn) = (rest % SECOND.len() as u64, rest / SECOND.len() as u64);
        let market = random.among(MARKETS);
        let mut name = format!("{}{}", FIRST[first as usize], SECOND[second as usize]);
        if turn > 0 {
            name.push_str(&format!(" {}", THIRD[(turn - 1) as usize % THIRD.len()]));
        }
        if turn > THIRD.len() as u64 {
            name.push_str(&format!(" {turn}"));
        }
        if random.chance(35) {
            name.push_str(&format!(" {}", market.legal_form));
        }
        Self { name, market, field: random.among(FIELDS), trade: random.of(TRADES) }
    }
}

/// Pay per period, in major units.
struct Pay {
    market: &'static Market,
    period: &'static str,
    min: u64,
    max: u64,
}

impl Pay {
    fn of(market: &'static Market, field: &Field, level: &Level, random: &mut Random) -> Self {
        let middle = field.pay * level.percent / 100 * market.pay_percent / 100 * (80 + random.below(41)) / 100;
        let (period, divisor) = match market.period {
            "year" if field.hourly && random.chance(60) => ("hour", 2_080),
            "year" => ("year", 1),
            period => (period, 12),
        };
        let spread = 4 + random.below(18);
        let scaled = |percent: u64| rounded((middle * percent / 100 / divisor).max(1));
        Self { market, period, min: scaled(100 - spread), max: scaled(100 + spread) }
    }

    fn words(&self, random: &mut Random) -> String {
        let (sign, code) = (self.market.sign, self.market.currency);
        let (min, max) = (count(self.min), count(self.max));
        let period = self.period;
        match random.below(4) {
            0 => format!("{sign}{min} - {sign}{max} per {period}"),
            1 => format!("{code} {min} to {max} a {period}"),
            2 => format!("{min} – {max} {code}/{period}"),
            _ => format!("from {sign}{min} per {period}"),
        }
    }
}

/// Two or three leading digits, as advertised pay has.
fn rounded(amount: u64) -> u64 {
    let step = match amount {
        0..200 => 1,
        200..10_000 => 50,
        10_000..200_000 => 1_000,
        200_000..10_000_000 => 10_000,
        _ => 100_000,
    };
    (amount / step).max(1) * step
}

fn skills(field: &Field, random: &mut Random) -> Vec<&'static str> {
    let wanted = 2 + random.below(6) as usize;
    let mut skills: Vec<&'static str> = Vec::new();
    for _ in 0..wanted * 3 {
        let pool = if random.chance(85) { field.skills } else { SHARED_SKILLS };
        let skill = pool[random.skewed(pool.len() as u64) as usize];
        if !skills.contains(&skill) && skills.len() < wanted {
            skills.push(skill);
        }
    }
    skills
}

fn title(
    field: &Field,
    level: &Level,
    market: &Market,
    city: &str,
    remote: Option<&str>,
    random: &mut Random,
) -> String {
    let base = random.of(field.titles);
    let mut title = if level.word.is_empty() { (*base).to_owned() } else { format!("{} {base}", level.word) };
    if market.gender_mark && random.chance(70) {
        title.push_str(random.of(&[" (m/w/d)", " (f/m/x)", " (w/m/d)"]));
    }
    match random.below(20) {
        0 => title.push_str(&format!(" - {city}")),
        1 if remote == Some("remote") => title.push_str(" [Remote]"),
        2 => title.push_str(&format!(" (REQ-{})", 1_000 + random.below(90_000))),
        3 => title = title.to_uppercase(),
        _ => {}
    }
    title
}

fn location(city: &str, market: &Market, remote: Option<&str>, random: &mut Random) -> String {
    match random.below(10) {
        0 if remote == Some("remote") => format!("Remote - {}", market.country),
        1 => market.country.to_owned(),
        2 | 3 => city.to_owned(),
        _ => format!("{city}, {}", market.country),
    }
}

/// What a description is made from.
struct Text<'a> {
    language: &'static Language,
    employer: &'a Employer,
    city: &'a str,
    skills: &'a [&'static str],
    title: &'a str,
}

impl Text<'_> {
    fn html(&self, pay: Option<&str>, random: &mut Random) -> String {
        let language = self.language;
        let mut html = String::with_capacity(2_048);
        html.push_str("<p>");
        let intro = 1 + random.below(2) as usize;
        self.sentences(&mut html, &random.some(language.intro, intro), " ", random);
        html.push_str("</p>");
        let n = 3 + random.below(3) as usize;
        self.list(&mut html, random.of(language.duties_heading), language.duties, n, random);
        let n = 2 + random.below(4) as usize;
        self.list(&mut html, random.of(language.wants_heading), language.wants, n, random);
        if !self.skills.is_empty() {
            html.push_str(&format!("<p>{}: {}.</p>", language.stack, self.skills.join(", ")));
        }
        let n = random.below(4) as usize;
        if n > 0 {
            self.list(&mut html, random.of(language.offer_heading), language.offer, n, random);
        }
        if let Some(pay) = pay {
            html.push_str(&format!("<p>{}: {pay}.</p>", language.pay));
        }
        let mut more = random.some(language.more, language.more.len()).into_iter();
        while words(&html) < FEWEST_WORDS {
            let Some(sentence) = more.next() else { break };
            html.push_str("<p>");
            self.sentences(&mut html, &[sentence], " ", random);
            html.push_str("</p>");
        }
        html.push_str("<p>");
        self.sentences(&mut html, &random.some(language.closing, 1), " ", random);
        html.push_str("</p>");
        html
    }

    fn list(&self, html: &mut String, heading: &str, lines: &'static [&'static str], n: usize, random: &mut Random) {
        html.push_str(&format!("<h3>{heading}</h3><ul><li>"));
        self.sentences(html, &random.some(lines, n), "</li><li>", random);
        html.push_str("</li></ul>");
    }

    fn sentences(&self, html: &mut String, lines: &[&str], between: &str, random: &mut Random) {
        for (index, line) in lines.iter().enumerate() {
            if index > 0 {
                html.push_str(between);
            }
            self.fill(html, line, random);
        }
    }

    /// Appends `line` with each slot, such as `{skill}`, filled.
    fn fill(&self, html: &mut String, line: &str, random: &mut Random) {
        let mut rest = line;
        while let Some((before, slot, after)) = next_slot(rest) {
            html.push_str(before);
            match slot {
                "company" => html.push_str(&self.employer.name),
                "city" => html.push_str(self.city),
                "trade" => html.push_str(self.employer.trade),
                "role" => html.push_str(self.title),
                "skill" => html.push_str(if self.skills.is_empty() { "SQL" } else { random.of(self.skills) }),
                "n" => html.push_str(&(2 + random.below(9)).to_string()),
                "many" => html.push_str(&count((1 + random.below(90)) * 50)),
                "what" => html.push_str(random.of(self.language.what)),
                "how" => html.push_str(random.of(self.language.how)),
                other => html.push_str(other),
            }
            rest = after;
        }
        html.push_str(rest);
    }
}

fn next_slot(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (slot, after) = rest.split_once('}')?;
    Some((before, slot, after))
}

/// Words of `html`, markup left out.
fn words(html: &str) -> usize {
    let mut inside = false;
    let text = html.chars().map(|c| {
        let hidden = inside || c == '<';
        inside = (inside || c == '<') && c != '>';
        if hidden { ' ' } else { c }
    });
    text.collect::<String>().split_whitespace().count()
}

/// `html` with a few of its words replaced.
fn changed(html: &str, random: &mut Random) -> String {
    let mut words: Vec<&str> = html.split(' ').collect();
    let plain = |word: &str| word.len() > 3 && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let places: Vec<usize> = (0..words.len()).filter(|index| plain(words[*index])).collect();
    for _ in 0..(2 + random.below(4)) {
        if !places.is_empty() {
            words[random.of(&places)] = random.of(REPLACEMENTS);
        }
    }
    words.join(" ")
}

/// Keeps the streams of random numbers apart.
#[derive(Clone, Copy)]
enum Purpose {
    Fate = 1,
    Repeat,
    Original,
    Broken,
    Employer,
}

/// SplitMix64 (Steele, Lea and Flood 2014): small, and the same everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64, purpose: Purpose, number: u64) -> Self {
        let mut random = Self(seed);
        let seed = random.next() ^ (purpose as u64).wrapping_mul(0xd1b5_4a32_d192_ed03);
        let mut random = Self(seed ^ number.wrapping_mul(0xaef1_7502_108e_f2d9));
        Self(random.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`; 0 when `n` is 0.
    fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(n)) >> 64) as u64
    }

    fn chance(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    fn among<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len() as u64) as usize]
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        *self.among(all)
    }

    /// `n` of `all`, in their order, none twice.
    fn some(&mut self, all: &'static [&'static str], n: usize) -> Vec<&'static str> {
        let mut left = n.min(all.len()) as u64;
        let mut chosen = Vec::with_capacity(n);
        for (index, one) in all.iter().enumerate() {
            if self.below((all.len() - index) as u64) < left {
                chosen.push(*one);
                left -= 1;
            }
        }
        chosen
    }

    /// A rank below `n` whose likelihood falls as one over the rank (Zipf's law), by whole octaves.
    fn skewed(&mut self, n: u64) -> u64 {
        let octaves = u64::from(64 - n.leading_zeros());
        loop {
            let start = 1_u64 << self.below(octaves);
            let rank = start + self.below(start);
            if rank <= n {
                return rank - 1;
            }
        }
    }
}

/// A country, its currency, and how its postings look.
struct Market {
    country: &'static str,
    currency: &'static str,
    sign: &'static str,
    /// Pay against the United States, in per cent of major units.
    pay_percent: u64,
    /// The period in which pay is usually advertised.
    period: &'static str,
    legal_form: &'static str,
    /// Whether titles carry a mark such as `(m/w/d)`.
    gender_mark: bool,
    /// The language of its postings besides English.
    language: Option<&'static Language>,
    /// Largest first.
    cities: &'static [&'static str],
}

macro_rules! market {
    ($country:literal, $currency:literal, $sign:literal, $percent:literal, $period:literal, $form:literal, $mark:literal, $language:expr, $cities:expr) => {
        Market {
            country: $country,
            currency: $currency,
            sign: $sign,
            pay_percent: $percent,
            period: $period,
            legal_form: $form,
            gender_mark: $mark,
            language: $language,
            cities: &$cities,
        }
    };
}

#[rustfmt::skip]
static MARKETS: &[Market] = &[
    market!("United States", "USD", "$", 100, "year", "Inc.", false, None, ["New York, NY", "San Francisco, CA", "Austin, TX", "Seattle, WA", "Chicago, IL", "Boston, MA", "Denver, CO", "Atlanta, GA"]),
    market!("USA", "USD", "$", 96, "year", "LLC", false, None, ["Los Angeles, CA", "Dallas, TX", "Columbus, OH", "Phoenix, AZ", "Raleigh, NC", "Portland, OR"]),
    market!("Germany", "EUR", "€", 62, "year", "GmbH", true, Some(&GERMAN), ["Berlin", "München", "Hamburg", "Köln", "Frankfurt am Main", "Stuttgart"]),
    market!("France", "EUR", "€", 50, "year", "SAS", false, Some(&FRENCH), ["Paris", "Lyon", "Toulouse", "Nantes", "Lille"]),
    market!("Spain", "EUR", "€", 40, "year", "S.L.", false, Some(&SPANISH), ["Madrid", "Barcelona", "Valencia", "Málaga"]),
    market!("Netherlands", "EUR", "€", 58, "year", "B.V.", false, None, ["Amsterdam", "Utrecht", "Rotterdam", "Eindhoven"]),
    market!("United Kingdom", "GBP", "£", 55, "year", "Ltd", false, None, ["London", "Manchester", "Edinburgh", "Bristol", "Leeds"]),
    market!("Canada", "CAD", "CA$", 95, "year", "Inc.", false, None, ["Toronto, ON", "Vancouver, BC", "Montréal, QC", "Calgary, AB"]),
    market!("Australia", "AUD", "A$", 110, "year", "Pty Ltd", false, None, ["Sydney", "Melbourne", "Brisbane", "Perth"]),
    market!("India", "INR", "₹", 1_900, "year", "Pvt Ltd", false, None, ["Bengaluru", "Hyderabad", "Pune", "Mumbai", "Chennai"]),
    market!("Switzerland", "CHF", "CHF ", 92, "year", "AG", true, Some(&GERMAN), ["Zürich", "Basel", "Bern", "Lausanne"]),
    market!("Poland", "PLN", "PLN ", 170, "month", "sp. z o.o.", false, None, ["Warszawa", "Kraków", "Wrocław", "Gdańsk"]),
    market!("Sweden", "SEK", "SEK ", 520, "month", "AB", false, None, ["Stockholm", "Göteborg", "Malmö"]),
    market!("Brazil", "BRL", "R$", 140, "month", "Ltda", false, None, ["São Paulo", "Rio de Janeiro", "Florianópolis", "Recife"]),
    market!("Japan", "JPY", "¥", 6_500, "year", "K.K.", false, None, ["Tokyo", "Osaka", "Fukuoka", "Kyoto"]),
    market!("Singapore", "SGD", "S$", 85, "month", "Pte Ltd", false, None, ["Singapore"]),
    market!("Mexico", "MXN", "MX$", 620, "month", "S.A. de C.V.", false, Some(&SPANISH), ["Ciudad de México", "Guadalajara", "Monterrey"]),
];

/// A field of work.
struct Field {
    name: &'static str,
    /// Middle yearly pay in the United States, in dollars.
    pay: u64,
    /// Whether pay is often by the hour.
    hourly: bool,
    titles: &'static [&'static str],
    /// Most wanted first.
    skills: &'static [&'static str],
}

#[rustfmt::skip]
static FIELDS: &[Field] = &[
    Field { name: "software engineering", pay: 140_000, hourly: false,
        titles: &["Software Engineer", "Backend Engineer", "Frontend Engineer", "Full Stack Developer", "Mobile Developer", "Platform Engineer", "Embedded Software Engineer"],
        skills: &["Python", "JavaScript", "Java", "TypeScript", "React", "Go", "PostgreSQL", "Node.js", "C++", "Docker", "Kubernetes", "Rust", "C#", "Kotlin", "Swift", "GraphQL", "Redis", "Kafka", "Angular", "Vue.js", "Spring Boot", "Ruby on Rails", "PHP", "Scala", "Elixir"] },
    Field { name: "data", pay: 135_000, hourly: false,
        titles: &["Data Engineer", "Data Scientist", "Data Analyst", "Machine Learning Engineer", "Analytics Engineer", "BI Developer"],
        skills: &["SQL", "Python", "Spark", "Airflow", "dbt", "Snowflake", "Pandas", "Tableau", "Power BI", "BigQuery", "PyTorch", "scikit-learn", "TensorFlow", "Kafka", "R", "Looker", "Databricks"] },
    Field { name: "operations engineering", pay: 138_000, hourly: false,
        titles: &["DevOps Engineer", "Site Reliability Engineer", "Cloud Engineer", "Systems Administrator", "Security Engineer", "Network Engineer"],
        skills: &["AWS", "Kubernetes", "Terraform", "Linux", "Docker", "Azure", "Ansible", "Prometheus", "Python", "Google Cloud", "Jenkins", "Grafana", "Bash", "Helm"] },
    Field { name: "design", pay: 110_000, hourly: false,
        titles: &["Product Designer", "UX Designer", "UX Researcher", "Graphic Designer", "Brand Designer"],
        skills: &["Figma", "Adobe Illustrator", "Photoshop", "Sketch", "Prototyping", "User Research", "InDesign", "HTML", "CSS"] },
    Field { name: "product management", pay: 145_000, hourly: false,
        titles: &["Product Manager", "Technical Product Manager", "Product Owner", "Program Manager"],
        skills: &["Roadmapping", "Jira", "Agile", "Scrum", "SQL", "A/B Testing", "Stakeholder Management", "Confluence"] },
    Field { name: "sales", pay: 90_000, hourly: false,
        titles: &["Account Executive", "Sales Development Representative", "Account Manager", "Sales Manager", "Customer Success Manager"],
        skills: &["Salesforce", "CRM", "Negotiation", "HubSpot", "Cold Calling", "Lead Generation", "Excel"] },
    Field { name: "marketing", pay: 88_000, hourly: false,
        titles: &["Marketing Manager", "Content Marketer", "SEO Specialist", "Growth Marketer", "Social Media Manager"],
        skills: &["SEO", "Google Analytics", "Content Marketing", "Copywriting", "Google Ads", "HubSpot", "Email Marketing", "WordPress"] },
    Field { name: "finance", pay: 95_000, hourly: false,
        titles: &["Accountant", "Financial Analyst", "Controller", "Payroll Specialist", "Tax Advisor"],
        skills: &["Excel", "SAP", "Financial Modeling", "IFRS", "QuickBooks", "Power BI", "Budgeting"] },
    Field { name: "people", pay: 85_000, hourly: false,
        titles: &["Recruiter", "HR Business Partner", "Talent Acquisition Partner", "People Operations Specialist"],
        skills: &["Recruiting", "Workday", "Employee Relations", "Onboarding", "Excel", "Interviewing"] },
    Field { name: "customer support", pay: 52_000, hourly: true,
        titles: &["Customer Support Specialist", "Technical Support Engineer", "Call Center Agent", "Service Desk Analyst"],
        skills: &["Zendesk", "Troubleshooting", "Customer Service", "Excel", "ITIL", "Jira"] },
    Field { name: "health care", pay: 82_000, hourly: true,
        titles: &["Registered Nurse", "Medical Assistant", "Physical Therapist", "Pharmacy Technician", "Care Coordinator"],
        skills: &["Patient Care", "BLS", "Epic", "Medication Administration", "Electronic Health Records", "Triage"] },
    Field { name: "logistics", pay: 46_000, hourly: true,
        titles: &["Warehouse Associate", "Delivery Driver", "Supply Chain Planner", "Forklift Operator", "Logistics Coordinator"],
        skills: &["Inventory Management", "Forklift Operation", "SAP", "Excel", "Warehouse Management Systems", "Route Planning"] },
];

static SHARED_SKILLS: &[&str] = &[
    "Communication",
    "Git",
    "Agile",
    "Excel",
    "English",
    "Project Management",
    "Jira",
    "Mentoring",
    "Microsoft Office",
    "Problem Solving",
];

/// A rank and what it earns in per cent of the middle.
struct Level {
    word: &'static str,
    percent: u64,
}

/// Repeated as often as they are met.
static LEVELS: &[Level] = &[
    Level { word: "", percent: 100 },
    Level { word: "", percent: 100 },
    Level { word: "", percent: 96 },
    Level { word: "", percent: 104 },
    Level { word: "Senior", percent: 125 },
    Level { word: "Senior", percent: 128 },
    Level { word: "Sr.", percent: 125 },
    Level { word: "Junior", percent: 72 },
    Level { word: "Lead", percent: 145 },
    Level { word: "Staff", percent: 160 },
    Level { word: "Principal", percent: 180 },
    Level { word: "Head of Team,", percent: 170 },
];

#[rustfmt::skip]
static FIRST: &[&str] = &[
    "North", "Blue", "Bright", "Clear", "Open", "Silver", "Green", "Iron", "Quick", "True", "Pine", "Stone", "River", "Sun", "Cloud",
    "Data", "Deep", "Ever", "Fair", "Glass", "Harbor", "High", "Key", "Light", "Maple", "Nova", "Oak", "Peak", "Prime", "Red", "Sea",
    "Swift", "Terra", "Urban", "Vital", "West", "Wild", "Wind", "Amber", "Copper",
];

#[rustfmt::skip]
static SECOND: &[&str] = &[
    "wave", "stack", "field", "works", "bridge", "point", "path", "forge", "line", "mark", "gate", "grid", "loop", "nest", "port",
    "scale", "shift", "spark", "stream", "trail", "vale", "ware", "yard", "leaf", "lane", "craft", "core", "link", "hub", "bay",
    "ford", "ridge", "crest", "haven", "mill", "brook", "view", "land", "house", "base",
];

#[rustfmt::skip]
static THIRD: &[&str] = &[
    "Systems", "Health", "Labs", "Logistics", "Energy", "Analytics", "Retail", "Software", "Financial", "Media", "Robotics", "Foods",
    "Education", "Mobility", "Insurance", "Consulting", "Security", "Travel",
];

#[rustfmt::skip]
static TRADES: &[&str] = &[
    "payments", "logistics", "health records", "renewable energy", "online retail", "travel", "insurance", "education", "media",
    "industrial automation", "mobility", "food delivery", "real estate", "public services", "games", "security", "banking", "agriculture",
];

static REPLACEMENTS: &[&str] =
    &["skilled", "daily", "global", "strong", "modern", "further", "various", "core", "shared", "local"];

/// Phrases of a language; slots in braces are filled.
struct Language {
    intro: &'static [&'static str],
    duties_heading: &'static [&'static str],
    duties: &'static [&'static str],
    wants_heading: &'static [&'static str],
    wants: &'static [&'static str],
    offer_heading: &'static [&'static str],
    offer: &'static [&'static str],
    more: &'static [&'static str],
    closing: &'static [&'static str],
    what: &'static [&'static str],
    how: &'static [&'static str],
    stack: &'static str,
    pay: &'static str,
}

#[rustfmt::skip]
static ENGLISH: Language = Language {
    intro: &[
        "{company} builds products for {trade} that {many} customers rely on every day.",
        "At {company} we believe that {trade} should be simple, and our team in {city} works on exactly that.",
        "Founded {n} years ago, {company} has become one of the most trusted names in {trade}.",
        "We are {company}, a growing team of {many} people who care about {what}.",
        "Join our {role} team in {city} and help us bring {trade} to the next level.",
        "{company} is looking for someone who wants to shape {what} in {trade}.",
        "Our mission is to make {trade} work {how} for everyone.",
    ],
    duties_heading: &["What you will do", "Responsibilities", "Your role", "The job"],
    duties: &[
        "Plan, build and improve {what} together with a team of {n}",
        "Own {what} from the first idea to daily use, and measure how well it works",
        "Work {how} with colleagues from product, sales and support",
        "Use {skill} to solve real problems of our customers in {trade}",
        "Review the work of others and help them to grow",
        "Write down decisions so that others can follow them {how}",
        "Find out what slows our {role} team down and remove it",
        "Prepare reports on {what} for the management every {n} weeks",
        "Keep {what} reliable while we grow to {many} customers",
        "Talk to customers in {city} and elsewhere to understand what they need",
        "Introduce better tools for {what}, for example with {skill}",
        "Take part in planning and keep your promises {how}",
    ],
    wants_heading: &["What you bring", "Requirements", "Your profile", "Who you are"],
    wants: &[
        "At least {n} years of experience in {role}",
        "Solid knowledge of {skill}, and the wish to learn more",
        "Experience with {what} in a company of our size",
        "You work {how} and explain your ideas clearly",
        "A degree in a related field, or the same in practice",
        "Good spoken and written English",
        "You have used {skill} in production or in your daily work",
        "An eye for detail and a sense of what matters",
        "Curiosity about {trade}; no prior knowledge is needed",
    ],
    offer_heading: &["What we offer", "Benefits", "Why us"],
    offer: &[
        "{n} weeks of paid leave and flexible hours",
        "A yearly budget of {many} for learning",
        "Health insurance for you and your family",
        "A modern office in {city} with good coffee",
        "Equity, so that you own a part of what you build",
        "Parental leave of {n} months",
        "A team that works {how}",
    ],
    more: &[
        "You will report to the head of {role} and work {how} with people in {n} countries, most of whom have been with us for years.",
        "In your first {n} months you will get to know our customers, our tools and the people behind {what}, step by step.",
        "We decide in small groups, we write things down, and we would rather do a few things well than many things at once.",
        "Most of our team has come to {trade} from other trades, so do not worry if you have not worked in it before.",
    ],
    closing: &[
        "Send us a short note on why this interests you; a cover letter is not needed.",
        "We welcome applications from everyone, whatever their background, age or origin.",
        "Apply today, and we will come back to you within {n} working days.",
        "Questions? Our people team in {city} is glad to answer them.",
    ],
    what: &["internal tools", "customer journeys", "our data", "the quality of our service", "processes", "our core product", "partnerships", "reporting", "safety", "the roadmap"],
    how: &["closely", "calmly", "independently", "with care", "across teams", "at a steady pace", "openly"],
    stack: "You will work with",
    pay: "Salary range for this position",
};

#[rustfmt::skip]
static GERMAN: Language = Language {
    intro: &[
        "{company} entwickelt Lösungen, auf die sich täglich {many} Kundinnen und Kunden verlassen.",
        "Wir sind {company} mit Sitz in {city} und suchen Verstärkung für unser Team.",
        "Seit {n} Jahren arbeiten wir bei {company} daran, {what} einfacher zu machen.",
    ],
    duties_heading: &["Deine Aufgaben", "Das erwartet dich"],
    duties: &[
        "Du planst und verbesserst {what} gemeinsam mit einem Team von {n} Personen",
        "Du übernimmst Verantwortung für {what} von der ersten Idee bis zum Betrieb",
        "Du arbeitest {how} mit Kolleginnen und Kollegen aus anderen Abteilungen zusammen",
        "Du setzt {skill} ein, um Probleme unserer Kunden zu lösen",
        "Du unterstützt andere im Team und gibst dein Wissen weiter",
        "Du berichtest alle {n} Wochen über den Stand der Arbeiten",
    ],
    wants_heading: &["Dein Profil", "Das bringst du mit"],
    wants: &[
        "Mindestens {n} Jahre Berufserfahrung in einer ähnlichen Position",
        "Sehr gute Kenntnisse in {skill} und Freude am Lernen",
        "Du arbeitest {how} und behältst den Überblick",
        "Abgeschlossenes Studium oder eine vergleichbare Ausbildung",
        "Gute Deutsch- und Englischkenntnisse in Wort und Schrift",
    ],
    offer_heading: &["Das bieten wir", "Deine Vorteile"],
    offer: &[
        "30 Tage Urlaub und flexible Arbeitszeiten",
        "Ein Büro in {city} und die Möglichkeit, von zu Hause zu arbeiten",
        "Zuschuss zum Nahverkehr und zur Altersvorsorge",
    ],
    more: &[
        "In den ersten {n} Monaten lernst du unsere Kunden, unsere Werkzeuge und alle Menschen kennen, die hinter {what} stehen.",
        "Wir entscheiden in kleinen Gruppen, schreiben auf, was wir beschlossen haben, und machen lieber wenige Dinge gut als viele halb.",
        "Viele von uns kommen aus anderen Branchen, deshalb ist Erfahrung in unserem Bereich kein Muss, sondern nur ein Vorteil.",
    ],
    closing: &[
        "Wir freuen uns auf deine Bewerbung, ein Anschreiben ist nicht nötig.",
        "Bewirb dich jetzt, wir melden uns innerhalb von {n} Tagen.",
    ],
    what: &["unsere Abläufe", "unsere Produkte", "die Qualität", "unsere Daten", "den Service"],
    how: &["eng", "selbstständig", "sorgfältig", "offen"],
    stack: "Damit arbeitest du",
    pay: "Gehalt",
};

#[rustfmt::skip]
static FRENCH: Language = Language {
    intro: &[
        "{company} développe des produits utilisés chaque jour par {many} clients.",
        "Basée à {city}, notre équipe cherche une personne motivée pour faire avancer {what}.",
        "Depuis {n} ans, {company} accompagne ses clients et continue de grandir.",
    ],
    duties_heading: &["Vos missions", "Le poste"],
    duties: &[
        "Concevoir et améliorer {what} avec une équipe de {n} personnes",
        "Prendre en charge {what} depuis la première idée jusqu'à la mise en service",
        "Travailler {how} avec les autres équipes de l'entreprise",
        "Utiliser {skill} pour répondre aux besoins de nos clients",
        "Accompagner les nouveaux arrivants et partager vos connaissances",
        "Présenter l'avancement des travaux toutes les {n} semaines",
    ],
    wants_heading: &["Votre profil", "Profil recherché"],
    wants: &[
        "Au moins {n} ans d'expérience dans un poste similaire",
        "Une bonne maîtrise de {skill} et l'envie d'apprendre",
        "Vous travaillez {how} et savez expliquer vos choix",
        "Un diplôme dans le domaine ou une expérience équivalente",
        "Un bon niveau de français et d'anglais",
    ],
    offer_heading: &["Nous vous offrons", "Avantages"],
    offer: &[
        "Des horaires souples et {n} jours de télétravail par mois",
        "Une mutuelle prise en charge et des tickets restaurant",
        "Des bureaux agréables au centre de {city}",
    ],
    more: &[
        "Pendant les {n} premiers mois, vous apprendrez à connaître nos clients, nos outils et toutes les personnes qui font vivre {what}.",
        "Nous décidons en petits groupes, nous écrivons ce que nous avons décidé et nous préférons faire peu de choses mais bien.",
        "Beaucoup d'entre nous viennent d'autres métiers, une expérience dans notre secteur est donc un plus et non une condition.",
    ],
    closing: &[
        "Envoyez-nous votre candidature, une lettre de motivation n'est pas nécessaire.",
        "Postulez dès aujourd'hui, nous vous répondrons sous {n} jours.",
    ],
    what: &["nos produits", "la qualité de service", "nos données", "nos processus"],
    how: &["en autonomie", "avec soin", "dans un esprit ouvert"],
    stack: "Vous travaillerez avec",
    pay: "Rémunération",
};

#[rustfmt::skip]
static SPANISH: Language = Language {
    intro: &[
        "{company} crea productos que {many} clientes utilizan todos los días.",
        "Somos {company}, un equipo de {city} que busca a una persona para mejorar {what}.",
        "Desde hace {n} años, {company} ayuda a sus clientes y sigue creciendo.",
    ],
    duties_heading: &["Tus funciones", "El puesto"],
    duties: &[
        "Diseñar y mejorar {what} junto con un equipo de {n} personas",
        "Hacerte cargo de {what} desde la primera idea hasta su uso diario",
        "Trabajar {how} con los demás equipos de la empresa",
        "Usar {skill} para resolver los problemas de nuestros clientes",
        "Ayudar a las nuevas incorporaciones y compartir lo que sabes",
        "Presentar el avance del trabajo cada {n} semanas",
    ],
    wants_heading: &["Tu perfil", "Requisitos"],
    wants: &[
        "Al menos {n} años de experiencia en un puesto similar",
        "Buen conocimiento de {skill} y ganas de aprender",
        "Trabajas {how} y sabes explicar tus ideas",
        "Titulación en el área o experiencia equivalente",
        "Buen nivel de español y de inglés",
    ],
    offer_heading: &["Qué ofrecemos", "Beneficios"],
    offer: &[
        "Horario flexible y {n} días de teletrabajo al mes",
        "Seguro médico y formación continua",
        "Una oficina agradable en el centro de {city}",
    ],
    more: &[
        "Durante los primeros {n} meses conocerás a nuestros clientes, nuestras herramientas y a todas las personas que hacen posible {what}.",
        "Decidimos en grupos pequeños, escribimos lo que hemos decidido y preferimos hacer pocas cosas bien que muchas a medias.",
        "Muchos de nosotros venimos de otros sectores, así que la experiencia en el nuestro es una ventaja y no una condición.",
    ],
    closing: &[
        "Envíanos tu candidatura, no hace falta una carta de presentación.",
        "Inscríbete hoy y te responderemos en {n} días.",
    ],
    what: &["nuestros productos", "la calidad del servicio", "nuestros datos", "nuestros procesos"],
    how: &["con autonomía", "con cuidado", "de forma abierta"],
    stack: "Trabajarás con",
    pay: "Salario",
};

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    fn written(seed: u64, postings: u64) -> (String, Summary) {
        let mut out = Vec::new();
        let summary = Generator::new(seed, postings).write_ndjson(&mut out).expect("written");
        (String::from_utf8(out).expect("UTF-8"), summary)
    }

    /// The readable postings among the lines.
    fn readable(text: &str) -> Vec<Value> {
        let lines = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        lines.filter(|value| value.get("title").is_some_and(Value::is_string)).collect()
    }

    fn percent(part: usize, whole: usize) -> f64 {
        part as f64 * 100.0 / whole as f64
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_gives_others() {
        assert_eq!(written(1, 500), written(1, 500));
        assert_ne!(written(1, 500).0, written(2, 500).0);
    }

    #[test]
    fn every_posting_has_its_line_and_its_fate() {
        let (text, summary) = written(1, 5_000);
        assert_eq!(text.lines().count(), 5_000);
        assert_eq!(summary.originals + summary.reposts + summary.near_duplicates + summary.broken, 5_000);
        assert_eq!(readable(&text).len() as u64, 5_000 - summary.broken);
        for (n, due) in [(summary.broken, 2.0), (summary.reposts, 8.0), (summary.near_duplicates, 6.0)] {
            assert!((percent(n as usize, 5_000) - due).abs() < 1.5, "{n} for {due} %");
        }
        assert!((percent(summary.without_pay as usize, 5_000) - 35.0).abs() < 3.0, "{}", summary.without_pay);
        assert!(percent(summary.pay_in_text as usize, 5_000) > 8.0, "{}", summary.pay_in_text);
    }

    #[test]
    fn ids_are_unique_and_reposts_repeat_every_word() {
        let (text, summary) = written(3, 5_000);
        let postings = readable(&text);
        let ids: BTreeSet<_> = postings.iter().map(|posting| posting["id"].to_string()).collect();
        assert_eq!(ids.len(), postings.len());
        let mut seen: BTreeMap<_, u64> = BTreeMap::new();
        for posting in &postings {
            *seen.entry((posting["title"].to_string(), posting["description"].to_string())).or_default() += 1;
        }
        let repeats: u64 = seen.values().map(|n| n - 1).sum();
        // What a broken line would have said may be repeated too, so that its first repeat is no repeat.
        assert!(repeats.abs_diff(summary.reposts) * 20 <= summary.reposts, "{repeats} of {}", summary.reposts);
    }

    #[test]
    fn descriptions_are_eighty_to_two_hundred_and_fifty_words_long() {
        for posting in readable(&written(4, 3_000).0) {
            let text = posting["description"].as_str().expect("a text");
            assert!((80..=250).contains(&words(text)), "{} words: {text}", words(text));
            assert!(!text.contains('{') && !text.contains('}'), "{text}");
        }
    }

    #[test]
    fn employers_are_skewed_and_currencies_many() {
        let postings = readable(&written(5, 8_000).0);
        let mut sizes: BTreeMap<String, usize> = BTreeMap::new();
        for posting in &postings {
            *sizes.entry(posting["company"].to_string()).or_default() += 1;
        }
        let mut sizes: Vec<usize> = sizes.into_values().collect();
        sizes.sort_unstable_by(|one, other| other.cmp(one));
        assert!((120..=200).contains(&sizes.len()), "{} employers", sizes.len());
        assert!(percent(sizes[..10].iter().sum(), postings.len()) > 25.0, "{sizes:?}");
        let currencies: BTreeSet<_> =
            postings.iter().filter_map(|posting| posting["salary_currency"].as_str()).collect();
        assert!(currencies.len() >= 12, "{currencies:?}");
    }

    #[test]
    fn a_few_per_cent_are_not_in_english() {
        let postings = readable(&written(6, 5_000).0);
        let foreign = postings.iter().filter(|posting| {
            let text = posting["description"].as_str().unwrap_or_default();
            [&GERMAN, &FRENCH, &SPANISH]
                .iter()
                .any(|language| language.duties_heading.iter().any(|heading| text.contains(heading)))
        });
        let share = percent(foreign.count(), postings.len());
        assert!((2.0..20.0).contains(&share), "{share} %");
    }

    #[test]
    fn dates_are_spread_over_half_a_year_and_end_on_the_last_day() {
        let postings = readable(&written(7, 5_000).0);
        let days: BTreeSet<Day> = postings
            .iter()
            .map(|posting| {
                posting["posted_at"].as_str().and_then(|text| text.parse::<Micros>().ok()).expect("an instant").day()
            })
            .collect();
        assert_eq!(days.last(), Some(&LAST_DAY));
        assert_eq!(LAST_DAY.to_string(), "2026-11-20");
        assert!(
            days.len() >= 175 && days.first() >= Some(&LAST_DAY.plus(-180)),
            "{} days from {:?}",
            days.len(),
            days.first()
        );
    }

    #[test]
    fn the_mapping_names_only_columns_that_are_written() {
        let postings = readable(&written(8, 2_000).0);
        let columns =
            MAPPING.lines().skip_while(|line| *line != "[columns]").skip(1).take_while(|line| !line.is_empty());
        for line in columns {
            let column = line.split('"').nth(1).expect("a column");
            assert!(postings.iter().any(|posting| posting.get(column).is_some()), "{column}");
        }
    }

    #[test]
    fn nothing_and_one_line_are_possible() {
        assert_eq!(written(1, 0).0, "");
        assert_eq!(written(1, 1).1.originals, 1);
    }
}
