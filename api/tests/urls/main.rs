//! Every endpoint over small doubles of the backends; the modules mirror the URLs.

mod agent;
mod auth;
mod doubles;
mod edge;
mod me;
mod openapi;
mod root;
mod tokens;
mod well_known;
