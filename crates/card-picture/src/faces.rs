//! The faces: which files, which of them has a character, how wide it is there.

use crate::inline::Style;
use ab_glyph::{Font, FontVec, GlyphId};
use sha2::{Digest, Sha256};
use std::path::Path;

/// Where Debian's packages put them.
const FOLDER: &str = "/usr/share/fonts/truetype";

/// Each face: its file, the package, and the SHA-256 of the file with which the stored pictures were drawn.
const FILES: [(&str, &str, &str); 8] = [
    (
        "open-sans/OpenSans-Regular.ttf",
        "fonts-open-sans",
        "e64e508b2aa2880f907e470c4550980ec4c0694d103a43f36150ac3f93189bee",
    ),
    (
        "open-sans/OpenSans-Bold.ttf",
        "fonts-open-sans",
        "5894a3649b213cf5b2d673b6e7a871815fd1d120fa68a463592f27db14eae323",
    ),
    (
        "open-sans/OpenSans-Italic.ttf",
        "fonts-open-sans",
        "a54dc8488f8193bf30c3820cf6f261f911f9d328d699e1a1b8042641554cec70",
    ),
    ("dejavu/DejaVuSans.ttf", "fonts-dejavu-core", "abdc775b21b1bc470d50c97e790d276f2054b7504e56e5bd3e64f48d68582322"),
    (
        "dejavu/DejaVuSans-Bold.ttf",
        "fonts-dejavu-core",
        "0d977336a6d5fba34eab8e3199eb218327161b5143749f802982c2bc34df0c96",
    ),
    (
        "dejavu/DejaVuSansMono.ttf",
        "fonts-dejavu-core",
        "0f5db4f1749979d961019838b160bec74abdf7f9eca69553fe1aa856bbff49a4",
    ),
    (
        "dejavu/DejaVuSansMono-Bold.ttf",
        "fonts-dejavu-core",
        "2964f6dac8e6e9d71613928340f17bf868e9ea51692cca333c79e74962f02233",
    ),
    ("wqy/wqy-microhei.ttc", "fonts-wqy-microhei", "2420e8078af796b19a3f6ef13de527a1a91c1e7171eea115926c614ced1009b3"),
];

// Places in `FILES`.
const PROSE: usize = 0;
const BOLD: usize = 1;
const ITALIC: usize = 2;
const SYMBOLS: usize = 3;
const BOLD_SYMBOLS: usize = 4;
const MONO: usize = 5;
const BOLD_MONO: usize = 6;
const CHINESE: usize = 7;

/// Why there are no faces.
#[derive(Debug, thiserror::Error)]
pub enum NoFaces {
    /// A file is not there, or cannot be read.
    #[error("{file} cannot be read: {source} (it is in the Debian package {package}, which ./dev setup installs)")]
    Unread {
        /// The file.
        file: String,
        /// The package that has it.
        package: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// A file is no font.
    #[error("{0} is no font")]
    NoFont(String),
}

/// The faces that everything is drawn in.
pub struct Faces {
    faces: Vec<FontVec>,
    others: Vec<&'static str>,
}

impl std::fmt::Debug for Faces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Faces").field("others", &self.others).finish_non_exhaustive()
    }
}

/// A character in a face.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    face: usize,
    pub(crate) id: GlyphId,
    /// No face is as bold as it is wanted: it is drawn twice, a little apart.
    pub(crate) twice: bool,
}

impl Faces {
    /// Reads the faces where Debian's packages put them.
    ///
    /// # Errors
    ///
    /// If one is missing; the text says which package has it.
    pub fn installed() -> Result<Self, NoFaces> {
        Self::read(Path::new(FOLDER))
    }

    fn read(folder: &Path) -> Result<Self, NoFaces> {
        let (mut faces, mut others) = (Vec::new(), Vec::new());
        for (name, package, digest) in FILES {
            let path = folder.join(name);
            let file = path.display().to_string();
            let bytes =
                std::fs::read(&path).map_err(|source| NoFaces::Unread { file: file.clone(), package, source })?;
            if hex::encode(Sha256::digest(&bytes)) != digest {
                others.push(name);
            }
            faces.push(FontVec::try_from_vec(bytes).map_err(|_| NoFaces::NoFont(file))?);
        }
        Ok(Self { faces, others })
    }

    /// Files that are not those with which the stored pictures were drawn: with them pictures are drawn as well, and are
    /// others.
    #[must_use]
    pub fn others(&self) -> &[&'static str] {
        &self.others
    }

    /// The character in the first face that has it; none where no face has.
    pub(crate) fn glyph(&self, style: Style, one: char) -> Option<Glyph> {
        let order = match (style.code, style.bold, style.italic) {
            (true, true, _) => [BOLD_MONO, BOLD_SYMBOLS, CHINESE],
            (true, false, _) => [MONO, SYMBOLS, CHINESE],
            (false, true, _) => [BOLD, BOLD_SYMBOLS, CHINESE],
            (false, false, true) => [ITALIC, SYMBOLS, CHINESE],
            (false, false, false) => [PROSE, SYMBOLS, CHINESE],
        };
        order.into_iter().find_map(|face| {
            let id = self.faces.get(face)?.glyph_id(one);
            (id.0 != 0).then_some(Glyph { face, id, twice: face == CHINESE && style.bold })
        })
    }

    pub(crate) fn font(&self, glyph: Glyph) -> Option<&FontVec> {
        self.faces.get(glyph.face)
    }

    /// The pen's way over a glyph.
    pub(crate) fn advance(&self, glyph: Glyph, size: f32) -> f32 {
        self.font(glyph).map_or(0.0, |font| font.h_advance_unscaled(glyph.id) * size / em(font))
    }

    /// How far below the top of a line of that height its letters stand.
    pub(crate) fn baseline(&self, style: Style, (size, line): (f32, f32)) -> f32 {
        let Some(font) = self.faces.get(if style.code { MONO } else { PROSE }) else { return line };
        let (up, down) = (font.ascent_unscaled() * size / em(font), font.descent_unscaled() * size / em(font));
        (line - up + down) / 2.0 + up
    }
}

/// Units of a font's square.
pub(crate) fn em(font: &FontVec) -> f32 {
    font.units_per_em().filter(|units| *units > 0.0).unwrap_or(1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_face_is_told_with_its_package() {
        let said = Faces::read(Path::new("/nowhere")).unwrap_err().to_string();
        assert!(said.contains("OpenSans-Regular.ttf") && said.contains("fonts-open-sans"), "{said}");
        assert!(said.contains("./dev setup"), "{said}");
    }

    #[test]
    fn both_languages_have_their_characters_and_what_no_face_has_is_none() {
        let faces = Faces::installed().unwrap();
        for style in
            [Style::default(), Style { bold: true, ..Style::default() }, Style { code: true, ..Style::default() }]
        {
            for one in "aZ09→…“”·└等待审批，（）。：⏎".chars() {
                assert!(faces.glyph(style, one).is_some(), "{one}");
            }
            assert!(faces.glyph(style, '\u{10fffd}').is_none());
            assert!(faces.glyph(style, '𐀀').is_none());
        }
    }
}
