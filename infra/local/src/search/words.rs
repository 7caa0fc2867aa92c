//! The shared way from text to words, as tantivy's tokenizers.

use pipeline_core::words;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Name of the tokenizer of searched text.
pub(super) const WORDS: &str = "words";

/// Name of the tokenizer of exact values, which forgets their case.
pub(super) const FOLDED: &str = "folded";

/// Splits text into words.
#[derive(Clone, Copy)]
pub(super) struct WordTokenizer;

/// Keeps a value whole, without its case.
#[derive(Clone, Copy)]
pub(super) struct FoldingTokenizer;

/// One word after the other.
pub(super) struct Stream<I> {
    words: I,
    token: Token,
}

impl<I> Stream<I> {
    fn new(words: I) -> Self {
        Self { words, token: Token::default() }
    }
}

impl Tokenizer for WordTokenizer {
    type TokenStream<'a> = Stream<words::Words<'a>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        Stream::new(words::words(text))
    }
}

impl Tokenizer for FoldingTokenizer {
    type TokenStream<'a> = Stream<std::option::IntoIter<String>>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Self::TokenStream<'a> {
        Stream::new(Some(words::folded(text)).into_iter())
    }
}

impl<I: Iterator<Item = String>> TokenStream for Stream<I> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.words.next() else {
            return false;
        };
        self.token.position = self.token.position.wrapping_add(1);
        self.token.text = word;
        true
    }

    fn token(&self) -> &Token {
        &self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        &mut self.token
    }
}
