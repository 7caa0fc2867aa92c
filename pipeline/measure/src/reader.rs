//! What a reader's SQL may be: one statement that only reads, and small enough to be planned on any thread's stack.

use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::Statement;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::keywords::Keyword;
use datafusion::sql::sqlparser::tokenizer::{Token, Tokenizer};
use pipeline_core::error::Context;
use pipeline_core::{Error, ErrorKind, Result};

/// Longest text of a query, in bytes.
pub(crate) const MAX_BYTES: usize = 64 * 1024;

/// Deepest nesting of brackets.
pub(crate) const MAX_NESTING: usize = 100;

/// Most operators and keywords that lie within each other: to the planner and to what runs its plans, which walk trees
/// by recursion, a chain of them is as deep as as many brackets. A thread of 2 MiB runs this many in a debug build.
pub(crate) const MAX_CHAIN: usize = 300;

/// Most `SELECT`, `UNION`, `JOIN` and the like: each may lie within the one before it, wherever it is written.
pub(crate) const MAX_RELATIONS: usize = 150;

/// Most words, numbers, texts and signs.
pub(crate) const MAX_TOKENS: usize = 2_000;

/// Refuses a text that is too long, too deep or too winding, before anything parses it.
pub(crate) fn check_text(text: &str) -> Result<()> {
    if text.len() > MAX_BYTES {
        return Err(Error::too_large(format!("the query is longer than {MAX_BYTES} bytes")));
    }
    let tokens = Tokenizer::new(&GenericDialect {}, text)
        .tokenize()
        .context(ErrorKind::Invalid, || "the query cannot be read as SQL")?;
    let mut depth = Depth::default();
    for token in tokens.iter().filter(|token| !matches!(token, Token::Whitespace(_) | Token::EOF)) {
        depth.pass(token);
        limit(depth.outer.len(), MAX_NESTING, "levels of brackets")?;
        limit(depth.chained + depth.chain, MAX_CHAIN, "operators and keywords within each other")?;
        limit(depth.relations, MAX_RELATIONS, "selections, unions and joins")?;
        limit(depth.tokens, MAX_TOKENS, "words and signs")?;
    }
    Ok(())
}

fn limit(n: usize, most: usize, what: &str) -> Result<()> {
    if n > most { Err(Error::invalid(format!("the query has more than {most} {what}"))) } else { Ok(()) }
}

/// How deep the tree of a query can be at most, as far as it was passed.
#[derive(Default)]
struct Depth {
    /// Operators and keywords since the last comma within the innermost bracket.
    chain: usize,
    /// The same of each bracket around it.
    outer: Vec<usize>,
    /// Sum of `outer`.
    chained: usize,
    relations: usize,
    tokens: usize,
}

impl Depth {
    fn pass(&mut self, token: &Token) {
        self.tokens += 1;
        match token {
            Token::LParen | Token::LBracket | Token::LBrace => {
                // A bracket that follows an operand, as in `a[1][1]`, is itself a link of the chain.
                self.chain += 1;
                self.outer.push(self.chain);
                self.chained += std::mem::take(&mut self.chain);
            }
            Token::RParen | Token::RBracket | Token::RBrace => {
                self.chain = self.outer.pop().unwrap_or_default();
                self.chained -= self.chain;
            }
            Token::Comma => self.chain = 0,
            Token::Word(word) if starts_relation(word.keyword) => {
                self.relations += 1;
                self.chain += 1;
            }
            token if is_link(token) => self.chain += 1,
            _ => {}
        }
    }
}

fn starts_relation(keyword: Keyword) -> bool {
    matches!(
        keyword,
        Keyword::SELECT | Keyword::VALUES | Keyword::UNION | Keyword::EXCEPT | Keyword::INTERSECT | Keyword::JOIN
    )
}

/// Whether `token` may add a level to the tree without a bracket.
fn is_link(token: &Token) -> bool {
    match token {
        Token::Word(word) => word.keyword != Keyword::NoKeyword,
        Token::Number(..) | Token::SingleQuotedString(_) | Token::DoubleQuotedString(_) => false,
        Token::Period | Token::SemiColon => false,
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
