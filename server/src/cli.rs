//! The commands of the binary: settings, imports and exports, backups, the doctor, logs.

pub mod backup;
pub mod command;
pub mod config;
pub mod doctor;
pub mod files;
pub mod logs;
pub mod unfinished;
