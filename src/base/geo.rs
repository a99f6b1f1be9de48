//! Distances on the earth, taken for a sphere (rule M17).
//!
//! In: degrees. Out: metres.

/// The mean radius of the earth in metres.
pub const EARTH_RADIUS_M: f64 = 6_371_008.8;

/// A place in degrees, north and east positive.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Degrees north, -90 to 90.
    pub latitude: f64,
    /// Degrees east, -180 to 180.
    pub longitude: f64,
}

impl Point {
    /// A place, where both numbers are ones of the earth.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        (latitude.abs() <= 90.0 && longitude.abs() <= 180.0).then_some(Self { latitude, longitude })
    }

    /// Reads `latitude,longitude`.
    ///
    /// ```
    /// use aud::base::geo::Point;
    /// assert_eq!(Point::parse("48.85, 2.35"), Point::new(48.85, 2.35));
    /// assert_eq!(Point::parse("48.85"), None);
    /// assert_eq!(Point::parse("91,0"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (latitude, longitude) = text.split_once(',')?;
        Self::new(super::value::read_number(latitude)?, super::value::read_number(longitude)?)
    }

    /// The great-circle distance to another place, in metres.
    ///
    /// ```
    /// use aud::base::geo::Point;
    /// let (paris, london) = (Point::new(48.8566, 2.3522).unwrap(), Point::new(51.5074, -0.1278).unwrap());
    /// assert_eq!(paris.metres_to(london).round(), 343_557.0);
    /// assert_eq!(paris.metres_to(paris), 0.0);
    /// ```
    pub fn metres_to(self, other: Self) -> f64 {
        let (from, to) = (self.latitude.to_radians(), other.latitude.to_radians());
        let north = ((to - from) / 2.0).sin();
        let east = ((other.longitude - self.longitude).to_radians() / 2.0).sin();
        // The haversine form, which keeps its precision for places close to each other.
        let half = north * north + from.cos() * to.cos() * east * east;
        2.0 * EARTH_RADIUS_M * half.sqrt().min(1.0).asin()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_around_the_world() {
        let point = |latitude, longitude| Point::new(latitude, longitude).unwrap();
        let quarter = EARTH_RADIUS_M * std::f64::consts::FRAC_PI_2;
        assert!((point(0.0, 0.0).metres_to(point(90.0, 0.0)) - quarter).abs() < 1e-6);
        assert!((point(0.0, 179.5).metres_to(point(0.0, -179.5)) - quarter / 90.0).abs() < 1e-6);
        assert!((point(0.0, 0.0).metres_to(point(0.0, 180.0)) - 2.0 * quarter).abs() < 1e-6);
        assert!((point(90.0, 0.0).metres_to(point(90.0, 77.0))).abs() < 1e-6);
    }
}
