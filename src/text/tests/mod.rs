mod fixture;
mod hostile;
mod keys;
mod rules;
mod seen;
mod snapshots;
