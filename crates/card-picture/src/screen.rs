//! How large everything is: the measures of Discord's clients, in pixels of a screen without scaling.

/// The measures of a client.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Screen {
    /// What it is called.
    pub name: &'static str,
    /// Its width.
    pub width: f32,
    /// From the left edge to the avatar.
    pub margin: f32,
    /// From the left edge to the text.
    pub indent: f32,
    /// From the text to the right edge.
    pub right: f32,
    /// The widest an embed is.
    pub embed_width: f32,
    /// Left and right of an embed's text.
    pub embed_padding: (f32, f32),
    /// Size of a message's text, and the height of its lines.
    pub text: (f32, f32),
    /// The same within an embed.
    pub embed_text: (f32, f32),
    /// The same within a block of code.
    pub code: (f32, f32),
    /// Left and right of a block's text.
    pub code_padding: f32,
    /// Whether inline fields stand side by side.
    pub fields_side_by_side: bool,
    /// The largest an attached image is shown.
    pub image: (f32, f32),
}

impl Screen {
    /// A small phone, 360 wide. In a block of code there is room for 30 columns and not for 31.
    pub const PHONE: Self = Self {
        name: "phone",
        width: 360.0,
        margin: 12.0,
        indent: 64.0,
        right: 12.0,
        embed_width: 284.0,
        embed_padding: (12.0, 12.0),
        text: (16.0, 21.0),
        embed_text: (14.0, 19.0),
        code: (13.0, 17.0),
        code_padding: 8.0,
        fields_side_by_side: false,
        image: (284.0, 300.0),
    };

    /// A window of the desktop's client, of which the messages get 800.
    pub const DESKTOP: Self = Self {
        name: "desktop",
        width: 800.0,
        margin: 16.0,
        indent: 72.0,
        right: 48.0,
        embed_width: 520.0,
        embed_padding: (12.0, 16.0),
        text: (16.0, 22.0),
        embed_text: (14.0, 18.0),
        code: (14.0, 18.0),
        code_padding: 8.0,
        fields_side_by_side: true,
        image: (550.0, 350.0),
    };

    /// Both.
    pub const ALL: [Self; 2] = [Self::PHONE, Self::DESKTOP];

    /// The room for a message's text.
    pub(crate) fn room(&self) -> f32 {
        self.width - self.indent - self.right
    }
}
