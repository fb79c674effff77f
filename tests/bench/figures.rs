//! Latencies and their quantiles, and the rows of the table.

/// Latencies in seconds.
#[derive(Debug, Default)]
pub struct Latencies(pub Vec<f64>);

impl Latencies {
    /// The latency that this share of all stays within; `None` when there are none.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let last = sorted.len().checked_sub(1)?;
        sorted.get((last as f64 * share).round() as usize).copied()
    }
}

/// Prints a row: its name, then cells under each other.
pub fn row(cells: &[&str]) {
    let mut cells = cells.iter();
    let name = cells.next().copied().unwrap_or_default();
    let rest: String = cells.map(|cell| format!("  {cell:>18}")).collect();
    println!("{}", format!("{name:<38}{rest}").trim_end());
}

/// Bytes for people.
pub fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// How much a value grows with each step, by least squares.
pub fn slope(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let (middle, mean) = ((count - 1.0) / 2.0, values.iter().sum::<f64>() / count);
    let (mut up, mut along) = (0.0, 0.0);
    for (step, value) in values.iter().enumerate() {
        let from_middle = step as f64 - middle;
        up += from_middle * (value - mean);
        along += from_middle * from_middle;
    }
    if along == 0.0 { 0.0 } else { up / along }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slope_is_what_is_added_at_each_step() {
        assert_eq!((slope(&[1.0, 3.0, 5.0, 7.0]), slope(&[2.0, 2.0]), slope(&[4.0])), (2.0, 0.0, 0.0));
    }

    #[test]
    fn quantiles_are_taken_from_the_sorted_latencies() {
        let latencies = Latencies((0..=100).rev().map(f64::from).collect());
        assert_eq!((latencies.quantile(0.5), latencies.quantile(0.99)), (Some(50.0), Some(99.0)));
        assert_eq!(Latencies::default().quantile(0.5), None);
    }
}
