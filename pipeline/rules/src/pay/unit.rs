//! Words that say what an amount pays for, and how many such spans make a year.

use pipeline_core::money::Period;

/// A word that names a period, and whether it does so without "per".
pub struct Unit {
    /// The period.
    pub period: Period,
    /// Whether it needs no "per", such as `monthly`.
    pub alone: bool,
}

/// The period that `word`, in lower case, names.
pub fn period_word(word: &str) -> Option<Unit> {
    let (period, alone) = match word {
        "hour" | "hr" | "hrs" | "h" | "stunde" | "std" | "heure" | "hora" | "ora" | "uur" | "timme" | "timmen"
        | "timen" | "tim" | "time" | "godz" | "godzinę" | "godzina" | "tunti" | "hod" | "hodinu" | "óra" | "oră"
        | "час" | "saat" | "jam" | "giờ" | "時間" | "小时" | "시간" => (Period::Hour, false),
        "hourly" | "ph" | "stündlich" | "stundenlohn" | "horaire" | "stundensatz" | "uurloon" | "timlön"
        | "timeløn" | "godzinowa" | "godzinowo" | "orario" | "orari" | "時給" | "时薪" | "시급" => {
            (Period::Hour, true)
        }
        "day" | "tag" | "jour" | "día" | "dia" | "giorno" | "dag" | "dagen" | "dzień" | "päivä" | "den" | "nap"
        | "zi" | "день" | "gün" | "hari" | "日" => (Period::Day, false),
        "daily" | "pd" | "tagessatz" | "täglich" | "tjm" | "dagtarief" | "manday" | "日給" | "日薪" | "일급" => {
            (Period::Day, true)
        }
        "week" | "wk" | "woche" | "semaine" | "semana" | "settimana" | "vecka" | "veckan" | "ugen" | "uge" | "uke"
        | "tydzień" | "viikko" | "týden" | "hét" | "săptămână" | "неделю" | "hafta" | "minggu" => {
            (Period::Week, false)
        }
        "weekly" | "wöchentlich" | "pw" | "hebdomadaire" | "semanal" | "settimanale" | "週給" | "주급" => {
            (Period::Week, true)
        }
        "month" | "mo" | "mth" | "mnth" | "mon" | "monat" | "mois" | "mes" | "mês" | "mese" | "maand" | "mnd"
        | "månad" | "månaden" | "måneden" | "mån" | "måned" | "md" | "mdr" | "miesiąc" | "mies" | "mc" | "m"
        | "kuukausi" | "kk" | "měsíc" | "měs" | "mesiac" | "hó" | "hónap" | "lună" | "luna" | "месяц" | "мес"
        | "місяць" | "міс" | "месец" | "ay" | "bulan" | "bln" | "tháng" | "月" | "个月" | "월" => {
            (Period::Month, false)
        }
        "monthly"
        | "pcm"
        | "pm"
        | "monatlich"
        | "monatsgehalt"
        | "bruttomonatsgehalt"
        | "monatsbrutto"
        | "monatslohn"
        | "mensuel"
        | "mensuels"
        | "mensuelle"
        | "mensual"
        | "mensuales"
        | "mensile"
        | "mensili"
        | "miesięcznie"
        | "mensal"
        | "mensais"
        | "maandelijks"
        | "månadslön"
        | "månedsløn"
        | "månedslønn"
        | "měsíčně"
        | "mesačne"
        | "havi"
        | "havonta"
        | "lunar"
        | "aylık"
        | "ежемесячно"
        | "щомісяця"
        | "bulanan"
        | "月給"
        | "月薪"
        | "月収"
        | "월급" => (Period::Month, true),
        "year" | "yr" | "annum" | "jahr" | "an" | "année" | "año" | "ano" | "anno" | "jaar" | "år" | "året" | "rok"
        | "y" | "a" | "vuosi" | "év" | "год" | "рік" | "година" | "yıl" | "tahun" | "年" | "년" => {
            (Period::Year, false)
        }
        "yearly" | "annual" | "annually" | "annualized" | "annualised" | "pa" | "jährlich" | "jahresgehalt"
        | "jahresbruttogehalt" | "bruttojahresgehalt" | "jahresbrutto" | "bruttojahreslohn" | "jahreslohn"
        | "annuel" | "annuels" | "annuelle" | "annuellement" | "anual" | "anuales" | "annui" | "annua" | "annuo"
        | "ral" | "lpa" | "rocznie" | "jaarsalaris" | "jaarlijks" | "årslön" | "årsløn" | "årslønn" | "årligt"
        | "ročně" | "yıllık" | "anualmente" | "anuais" | "ctc" | "年収" | "年俸" | "年薪" | "연봉" => {
            (Period::Year, true)
        }
        _ => return None,
    };
    Some(Unit { period, alone })
}

/// Whether `word` joins an amount to the period that it pays for.
pub fn is_per(word: &str) -> bool {
    matches!(
        word,
        "per"
            | "an"
            | "a"
            | "each"
            | "every"
            | "pro"
            | "par"
            | "por"
            | "je"
            | "al"
            | "na"
            | "om"
            | "pr"
            | "im"
            | "za"
            | "i"
            | "à"
            | "all"
            | "ao"
            | "pe"
            | "в"
            | "на"
            | "mỗi"
            | "każdy"
            | "kohden"
    )
}

/// Words for salaries paid more than twelve times a year, as in `14 Gehälter`.
pub fn is_salary_count(word: &str) -> bool {
    matches!(
        word,
        "salaries"
            | "salary"
            | "payments"
            | "payslips"
            | "months"
            | "gehälter"
            | "monatsgehälter"
            | "monatsgehältern"
            | "gehältern"
            | "mal"
            | "monatslöhne"
            | "x"
            | "times"
            | "mois"
            | "mensualités"
            | "pagas"
            | "mensualidades"
            | "mensilità"
            | "salários"
            | "meses"
            | "salariés"
            | "jährlich"
            | "wages"
            | "maanden"
    )
}
