//! The command line: every command and flag, declared once.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use schemas::{Day, Micros};

/// Reads the job market every night and tells each person what it means for them.
#[derive(Debug, Parser)]
#[command(name = "waypost", version, propagate_version = true, arg_required_else_help = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done · 1 unexpected · 2 usage · 3 configuration · 4 nothing to do · 5 partial (some \
sources failed, the rest is written) · 6 budget reached · 7 another run holds the lease · 8 a backend is away · 130 interrupted";

/// Flags of every command.
#[derive(Clone, Debug, Default, Args)]
pub struct Global {
    /// Where everything is kept [default: ./waypost-data]
    #[arg(long, global = true, value_name = "DIR", env = "WAYPOST_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Configuration file [default: ./waypost.toml where it exists]
    #[arg(long, global = true, value_name = "FILE", env = "WAYPOST_CONFIG")]
    pub config: Option<PathBuf>,
    /// Print one JSON document on standard output; logs and progress go to standard error
    #[arg(long, global = true)]
    pub json: bool,
    /// With --json: print one line per item instead of one document
    #[arg(long, global = true, requires = "json")]
    pub ndjson: bool,
    /// Print no progress
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Never ask for anything on the terminal
    #[arg(long, global = true)]
    pub no_input: bool,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the whole pipeline on bundled samples, show what it found, then serve the API
    Demo(Demo),
    /// Create a configuration file and the data folder
    Init(Init),
    /// Put answers or tables that were fetched elsewhere into the lake, and derive everything from them
    Import(Import),
    /// Crawl the configured sources and derive today's partitions
    Run(Run),
    /// Derive partitions of other days again
    Backfill(Backfill),
    /// What runs did
    #[command(subcommand)]
    Runs(Runs),
    /// Find roles
    Search(Search),
    /// Score roles for a person
    Match(Match),
    /// Pay, skills and trends
    Market(Market),
    /// What a resume shows of what a posting asks
    #[command(subcommand)]
    Resume(Resume),
    /// What was rejected, and why
    #[command(subcommand)]
    Quarantine(Quarantine),
    /// Public reference data: exchange rates
    #[command(subcommand)]
    Reference(Reference),
    /// Measure how well labelled items are read
    Eval(Eval),
    /// What was found gone, and how to undo it
    #[command(subcommand)]
    Closings(Closings),
    /// The postings behind a role, why they are linked, and how to take a link back
    #[command(subcommand)]
    Roles(Roles),
    /// Messages that could not be handled
    #[command(subcommand)]
    Queue(Queue),
    /// The job sources
    #[command(subcommand)]
    Sources(Sources),
    /// Serve the API
    Serve(Serve),
    /// Take what people change into the search index, until stopped
    Follow(Follow),
    /// Run every night (or as configured) until stopped
    Schedule(Schedule),
    /// Check the configuration, every backend and the tables
    Doctor,
    /// The configuration
    #[command(subcommand)]
    Config(Config),
    /// The tables
    #[command(subcommand)]
    Lake(Lake),
    /// Ask the tables in SQL (read only)
    Sql(Sql),
    /// Write a table as CSV, JSON lines or Parquet
    Export(Export),
    /// Made-up postings for load tests
    #[command(subcommand)]
    Samples(Samples),
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Args)]
pub struct Demo {
    /// Exit when everything is shown instead of serving the API
    #[arg(long)]
    pub once: bool,
    /// Address to serve on
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}

#[derive(Debug, Args)]
pub struct Follow {
    /// Exit when nothing is left
    #[arg(long)]
    pub once: bool,
}

#[derive(Debug, Args)]
pub struct Init {
    /// Replace a configuration file that is there
    #[arg(long)]
    pub force: bool,
}

#[derive(Clone, Debug, Default, Args)]
#[group(required = false)]
pub struct Import {
    /// The files are saved answers of this source
    #[arg(long, required_unless_present_any = ["mapping", "mail"], conflicts_with = "mapping")]
    pub source: Option<String>,
    /// The board that the answers belong to [default: as the answer says, else the file's name]
    #[arg(long, requires = "source")]
    pub board: Option<String>,
    /// The files are tables of postings (CSV, JSON lines, JSON array or Parquet) whose columns this file names
    #[arg(long, value_name = "M.toml")]
    pub mapping: Option<PathBuf>,
    /// The mails that job boards send: a file or folder of .eml or mbox files, imaps://USER@HOST/FOLDER,
    /// file:///FOLDER or s3://BUCKET/PREFIX. Of each mail only what names postings is kept
    #[arg(long, value_name = "WHERE", conflicts_with_all = ["source", "mapping", "fetched_at", "complete", "partial", "files"])]
    pub mail: Option<String>,
    /// Only mails of this day and later
    #[arg(long, value_name = "YYYY-MM-DD", requires = "mail")]
    pub since: Option<Day>,
    /// When the files were fetched, RFC 3339 [default: when each file was last written]
    #[arg(long, value_name = "TIME")]
    pub fetched_at: Option<Micros>,
    /// Each file is all of its board: what a later file of the board lacks is closed [default: where the source lists whole
    /// boards]
    #[arg(long, conflicts_with = "partial")]
    pub complete: bool,
    /// The files are parts of their boards: nothing is closed by what they lack
    #[arg(long)]
    pub partial: bool,
    /// Only put the files into the lake; derive nothing
    #[arg(long)]
    pub only_fetches: bool,
    /// The files; folders are read in order of their files' names
    #[arg(required_unless_present = "mail", value_name = "FILE")]
    pub files: Vec<PathBuf>,
}

#[derive(Clone, Debug, Default, Args)]
pub struct Run {
    /// Only these sources
    #[arg(long = "source", value_name = "SOURCE")]
    pub sources: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Stage {
    /// From exchanges to postings
    Normalize,
    /// From postings to roles
    Resolve,
    /// From roles to market tables
    Measure,
    /// From roles and profiles to matches
    Match,
    /// Everything that is served
    Publish,
}

#[derive(Clone, Debug, Args)]
pub struct Backfill {
    /// First day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub from: Day,
    /// Last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub to: Day,
    /// Only this stage [default: all after crawl]
    #[arg(long)]
    pub stage: Option<Stage>,
    /// Only these sources
    #[arg(long = "source", value_name = "SOURCE")]
    pub sources: Vec<String>,
    /// Say what would run, and which rows and columns of postings would change, with examples; change nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub enum Runs {
    /// The latest runs
    List {
        /// How many
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// One run in full
    Show {
        /// Its id, or `last`
        #[arg(default_value = "last")]
        run: String,
    },
    /// Do the last run again that did not end well; what it finished is not repeated
    Resume {
        /// Its id, or `last`
        #[arg(default_value = "last")]
        run: String,
    },
}

#[derive(Debug, Args)]
pub struct Search {
    /// Words, all of which must occur; "phrases" in double quotes
    #[arg(default_value = "")]
    pub query: Vec<String>,
    /// Field of work
    #[arg(long)]
    pub domain: Option<String>,
    /// City, region or country
    #[arg(long)]
    pub location: Option<String>,
    /// Seniority
    #[arg(long)]
    pub level: Option<String>,
    /// Only roles that can be done from elsewhere
    #[arg(long)]
    pub remote: bool,
    /// Lowest acceptable yearly pay, such as 90000 or 90000EUR
    #[arg(long, value_name = "AMOUNT[CUR]")]
    pub salary_min: Option<String>,
    /// A skill that must be named; can be repeated
    #[arg(long = "skill")]
    pub skills: Vec<String>,
    /// The employer
    #[arg(long)]
    pub company: Option<String>,
    /// A source that advertises it
    #[arg(long)]
    pub source: Option<String>,
    /// Also roles that are closed
    #[arg(long)]
    pub closed: bool,
    /// How many
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    /// How many to skip
    #[arg(long, default_value_t = 0)]
    pub offset: usize,
}

#[derive(Debug, Args)]
pub struct Match {
    /// A user document, or its `profile` and `preferences`, as JSON
    #[arg(long, value_name = "FILE")]
    pub profile: PathBuf,
    /// How many
    #[arg(long, default_value_t = 20)]
    pub limit: usize,
    /// Also roles that something known rules out
    #[arg(long)]
    pub ineligible: bool,
    /// Keep the profile, so that every run scores it
    #[arg(long)]
    pub save: bool,
}

#[derive(Debug, Args)]
pub struct Market {
    /// Field of work
    #[arg(long)]
    pub domain: Option<String>,
    /// City, region or country
    #[arg(long)]
    pub location: Option<String>,
    /// Seniority
    #[arg(long)]
    pub level: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Resume {
    /// Compare a resume with a posting
    Check {
        /// The resume: plain text or JSON Resume 1.0.0
        file: PathBuf,
        /// The posting as plain text; its first line is the title
        #[arg(long, value_name = "FILE")]
        job: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum Reference {
    /// Take a publisher's own file into the lake, and derive what follows from it
    Import {
        /// What it is
        kind: ReferenceKind,
        /// The file as downloaded
        file: PathBuf,
    },
}

/// Reference data that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum ReferenceKind {
    /// Euro reference rates of the European Central Bank: eurofxref-hist.xml, -hist-90d.xml, -daily.xml, or their CSV
    Fx,
}

#[derive(Clone, Debug, Args)]
pub struct Eval {
    /// What to measure
    pub subject: Subject,
    /// The labelled items
    #[arg(long, value_name = "FILE")]
    pub labels: PathBuf,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Subject {
    /// Pay from texts: JSON lines {"text_tier", "location", "gold": [{"min", "max", "currency", "interval": "1 YEAR"}]},
    /// {"title", "text", "location", "min", "max", "currency", "period"}, or {"comment": HTML, "min", ...}
    Salary,
    /// Technologies from postings: JSON lines {"title", "text", "company"?, "expected": [names]}
    Skills,
    /// Spans of skill and knowledge: JSON lines {"tokens", "tags_skill", "tags_knowledge"} (BIO), or such columns (CoNLL)
    Spans,
    /// ESCO skills of spans: CSV with sentence, span, sub_span, label
    EscoSkill,
    /// Places from texts: JSON lines {"text", "country", "region", "city"} or {"text", "places": [..]}, or boards of Ashby
    Place,
    /// Who may take a posting: JSON lines of postings with what they say of it
    Eligibility,
    /// ESCO occupations of titles: JSON lines {"title", "esco": ids, addresses or labels}, or a table with such columns
    Title,
    /// Whether postings become one role: JSON lines {"a": posting, "b": posting, "same"}, a posting being {"source", "company",
    /// "title", "place", "text", "id"?, "html"?, "url"?, "pay"?, "department"?}
    SameRole,
}

#[derive(Debug, Subcommand)]
pub enum Quarantine {
    /// Counts per source and rule, then the latest rejections
    List {
        /// Only this source
        #[arg(long)]
        source: Option<String>,
        /// Only this rule
        #[arg(long)]
        rule: Option<String>,
        /// How many rejections
        #[arg(long, default_value_t = 20)]
        limit: usize,
    },
    /// One rejection with its payload
    Show {
        /// Its id, or the beginning of it
        id: String,
    },
    /// Read the rejected again, by the rules of today
    Retry {
        /// Only what this source sent
        #[arg(long)]
        source: Option<String>,
        /// Only what this rule rejected
        #[arg(long)]
        rule: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Closings {
    /// Each set of closings: its reason, its time and how many roles it closed
    List {
        /// Only this source
        #[arg(long)]
        source: Option<String>,
        /// Only from this day on
        #[arg(long, value_name = "YYYY-MM-DD")]
        since: Option<Day>,
    },
    /// Take back a whole set: what it closed is open again, until something later closes it
    Undo {
        /// Its id in `closings list`
        set: String,
        /// Why it was wrong
        #[arg(long)]
        reason: String,
    },
    /// Let a set that was taken back close again
    Redo {
        /// Its id in `closings list`
        set: String,
        /// Why it was right after all
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Roles {
    /// One role: its postings with the rule that linked each, what was kept apart, its life
    Show {
        /// Its id, or that of one of its postings
        id: String,
    },
    /// Let a posting stand alone
    Split {
        /// Its id in `roles show`
        posting: String,
        /// Why it is another vacancy
        #[arg(long)]
        reason: String,
    },
    /// Make two postings one role
    Join {
        /// One posting
        left: String,
        /// The other
        right: String,
        /// Why they are one vacancy
        #[arg(long)]
        reason: String,
    },
    /// Take a split or a join back: the rules decide again
    Undo {
        /// The posting that was split, or the two that were joined
        #[arg(required = true, num_args = 1..=2)]
        postings: Vec<String>,
        /// Why it was wrong
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Queue {
    /// Each dead letter and why it is one
    List {
        /// Only this topic
        #[arg(long)]
        topic: Option<String>,
        /// Also their content, which people's data are part of
        #[arg(long)]
        bodies: bool,
    },
    /// Send the dead letters again
    Redrive {
        /// Only this topic
        #[arg(long)]
        topic: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Sources {
    /// Every source, what it needs and under which terms it is read
    List,
    /// Read a source's stored samples, good and bad; only a source that passes may write
    Certify {
        /// The sources [default: all]
        names: Vec<String>,
        /// Folder with other samples of the one source that is named
        #[arg(long, value_name = "DIR")]
        samples: Option<PathBuf>,
    },
    /// How fresh each source is, what it refused, what was rejected, which fields it fills
    Scorecard {
        /// The sources [default: all that have been read]
        names: Vec<String>,
    },
    /// The evidence of how each host was treated: robots.txt, permitted and used rate, last refusal
    Etiquette {
        /// Write it as a page [default file: etiquette.html]
        #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = "etiquette.html")]
        html: Option<PathBuf>,
    },
    /// Find out which source reads a careers page, and which of its boards
    Discover {
        /// Address of the page, or a saved page
        #[arg(value_name = "URL|FILE")]
        from: String,
        /// Address that a saved page was saved from
        #[arg(long, value_name = "URL")]
        address: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Address to serve on
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<String>,
}

#[derive(Debug, Args)]
pub struct Schedule {
    /// Print the next times and exit
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Subcommand)]
pub enum Config {
    /// Every key, its value and where it comes from
    Show,
    /// A commented file to start from
    Example {
        /// Which
        #[arg(value_enum, default_value_t)]
        subject: Example,
    },
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
pub enum Example {
    /// Everything embedded, every key with its default
    #[default]
    Local,
    /// Tables on S3, documents in DynamoDB, search in OpenSearch, messages in SQS, people in Cognito, a model of Bedrock
    Aws,
}

#[derive(Debug, Subcommand)]
pub enum Lake {
    /// The content hash of each table
    Hash,
    /// Each table's partitions, files and rows
    Show {
        /// Only this table
        table: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct Sql {
    /// One SELECT
    pub query: String,
    /// Most rows to print
    #[arg(long, default_value_t = 1_000)]
    pub limit: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values
    Csv,
    /// One JSON object a line
    Ndjson,
    /// Parquet
    Parquet,
}

#[derive(Debug, Args)]
pub struct Export {
    /// The table
    pub table: String,
    /// The form
    #[arg(long, value_enum, default_value = "ndjson")]
    pub format: Format,
    /// The file [default: standard output]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub enum Samples {
    /// Write made-up postings as JSON lines, and the mapping to import them with
    Generate {
        /// How many
        #[arg(long, default_value_t = 10_000)]
        postings: u64,
        /// The same seed gives the same bytes
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Folder to write `postings.ndjson` and `mapping.toml` into
        #[arg(long, short, value_name = "DIR", default_value = "./waypost-samples")]
        output: PathBuf,
    },
}
