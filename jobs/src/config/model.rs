//! How far a model is used: money in US dollars, as people write it, into millionths.

use pipeline_core::ports::Price;
use pipeline_core::{Error, Result};
use pipeline_matching::evidence::Settings;

use super::raw::Matching;

/// Most US dollars that any key may say; more is a slip of the pen.
const MAX_USD: f64 = 1_000_000.0;

/// The settings of `matching` for the model at `address`.
///
/// # Errors
/// `Config` for amounts that are none, and for a model that may spend but has no price.
pub fn settings(matching: &Matching, address: &str) -> Result<Settings> {
    let budget_micro_usd = micro_usd("match.model_budget_usd", matching.model_budget_usd)?;
    let price = |name: &str, given: Option<f64>| given.map(|usd| micro_usd(name, usd)).transpose();
    let input = price("match.model_input_usd", matching.model_input_usd)?;
    let output = price("match.model_output_usd", matching.model_output_usd)?;
    let is_asked = address != "none" && matching.model_top > 0 && budget_micro_usd > 0;
    let price = match (input, output) {
        (Some(input_micro_usd), Some(output_micro_usd)) => Price { input_micro_usd, output_micro_usd },
        _ if is_asked => {
            return Err(Error::config("the model has a budget but no price").hint(
                "set match.model_input_usd and match.model_output_usd, in US dollars per million tokens, from your model's \
                 price list, such as https://aws.amazon.com/bedrock/pricing/; 0.0 when it is your own",
            ));
        }
        // Without a price nothing is asked.
        _ => return Ok(Settings { top: matching.model_top, batch: matching.model_batch, ..Settings::default() }),
    };
    Ok(Settings { top: matching.model_top, budget_micro_usd, price, batch: matching.model_batch })
}

fn micro_usd(name: &str, usd: f64) -> Result<u64> {
    if !(0.0..=MAX_USD).contains(&usd) {
        return Err(Error::config(format!("{name} is {usd}, which is no amount of US dollars from 0 to {MAX_USD}")));
    }
    Ok((usd * 1_000_000.0).round() as u64)
}

#[cfg(test)]
mod tests {
    use pipeline_core::ErrorKind;

    use super::*;

    #[test]
    fn a_model_that_may_spend_needs_a_price() {
        let spends = Matching { model_budget_usd: 1.5, ..Matching::default() };
        let error = settings(&spends, "bedrock://a").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Config);
        let hint = error.hint_text().unwrap();
        assert!(hint.contains("match.model_input_usd and match.model_output_usd") && hint.contains("bedrock/pricing"));
        assert!(settings(&spends, "none").is_ok() && settings(&Matching::default(), "bedrock://a").is_ok());
        let priced = Matching { model_input_usd: Some(0.1), model_output_usd: Some(0.5), ..spends };
        let settings = settings(&priced, "bedrock://a").unwrap();
        assert_eq!(settings.budget_micro_usd, 1_500_000);
        assert_eq!(settings.price, Price { input_micro_usd: 100_000, output_micro_usd: 500_000 });
    }

    #[test]
    fn an_amount_that_is_none_is_refused() {
        for usd in [-0.1, f64::NAN, f64::INFINITY, 1e9] {
            let error = settings(&Matching { model_budget_usd: usd, ..Matching::default() }, "none").unwrap_err();
            assert!(error.message().contains("match.model_budget_usd"), "{usd}");
        }
    }
}
