//! What a reader's SQL may be: one statement that only reads, and small enough to be planned on any thread's stack.

use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use pipeline_core::error::Context;
use pipeline_core::{Error, ErrorKind, Result};

/// Longest text of a query, in bytes.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Deepest nesting of brackets.
pub(crate) const MAX_NESTING: usize = 100;

/// Most operators and keywords: to the planner, which walks trees by recursion, a chain of them is as deep as as many
/// brackets. The stack of [`crate::deep_stack`] holds several times as many.
pub(crate) const MAX_STEPS: usize = 300;

/// Most words, numbers, texts and signs.
pub(crate) const MAX_TOKENS: usize = 4_000;

/// Refuses a text that is too long, too deep or too winding, before anything parses it.
pub(crate) fn check_text(text: &str) -> Result<()> {
    if text.len() > MAX_BYTES {
        return Err(Error::too_large(format!("the query is longer than {MAX_BYTES} bytes")));
    }
    let tokens = Tokenizer::new(&GenericDialect {}, text)
        .tokenize()
        .context(ErrorKind::Invalid, || "the query cannot be read as SQL")?;
    let (mut open, mut steps, mut words) = (0_usize, 0_usize, 0_usize);
    for token in &tokens {
        match token {
            Token::Whitespace(_) | Token::EOF => continue,
            Token::LParen | Token::LBracket | Token::LBrace => open += 1,
            Token::RParen | Token::RBracket | Token::RBrace => open = open.saturating_sub(1),
            token if is_step(token) => steps += 1,
            _ => {}
        }
        words += 1;
        limit(open, MAX_NESTING, "levels of brackets")?;
        limit(steps, MAX_STEPS, "operators and keywords")?;
        limit(words, MAX_TOKENS, "words and signs")?;
    }
    Ok(())
}

fn limit(n: usize, most: usize, what: &str) -> Result<()> {
    if n > most { Err(Error::invalid(format!("the query has more than {most} {what}"))) } else { Ok(()) }
}

/// Whether `token` may add a level to the tree without a bracket.
fn is_step(token: &Token) -> bool {
    use datafusion::sql::sqlparser::keywords::Keyword;
    match token {
        Token::Word(word) => word.keyword != Keyword::NoKeyword,
        Token::Number(..) | Token::SingleQuotedString(_) | Token::DoubleQuotedString(_) => false,
        Token::Comma | Token::Period | Token::SemiColon => false,
        _ => true,
    }
}

/// Refuses a plan that does anything but read, whatever statement it came from.
pub(crate) fn check_plan(plan: &LogicalPlan) -> Result<()> {
    let reads_only = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    reads_only.verify_plan(plan).map_err(|error| not_a_read().because(error))
}

/// Refuses a statement that does anything but read.
pub(crate) fn check_statement(statement: &Statement) -> Result<()> {
    match statement {
        Statement::Statement(statement) => check_sql_statement(statement),
        Statement::Explain(explain) => check_statement(&explain.statement),
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => Err(not_a_read()),
    }
}

fn check_sql_statement(statement: &SqlStatement) -> Result<()> {
    match statement {
        SqlStatement::Query(_)
        | SqlStatement::ExplainTable { .. }
        | SqlStatement::ShowTables { .. }
        | SqlStatement::ShowColumns { .. }
        | SqlStatement::ShowFunctions { .. }
        | SqlStatement::ShowVariable { .. } => Ok(()),
        SqlStatement::Explain { statement, .. } => check_sql_statement(statement),
        _ => Err(not_a_read()),
    }
}

fn not_a_read() -> Error {
    Error::invalid("the query does something other than read")
        .hint("only SELECT, WITH, EXPLAIN, SHOW and DESCRIBE are allowed")
}
