//! Two sounds that nobody takes for each other: two rising tones, and one low buzz.

use wasm_bindgen::JsValue;
use web_sys::{AudioContext, AudioContextState, OscillatorType};

/// What to sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sound {
    /// Come in.
    Yes,
    /// Not now.
    No,
}

/// The loudspeaker.
#[derive(Debug, Default)]
pub struct Speaker {
    context: Option<AudioContext>,
}

impl Speaker {
    /// Browsers are silent until somebody touched the page; called at each touch and key.
    pub fn wake(&mut self) {
        if self.context.is_none() {
            self.context = AudioContext::new().ok();
        }
        if let Some(context) = &self.context
            && context.state() == AudioContextState::Suspended
        {
            // Refused where nobody touched the page yet: the next touch tries again.
            let _ = context.resume();
        }
    }

    /// Sounds; silence where there is no loudspeaker is no mistake.
    pub fn play(&mut self, sound: Sound) {
        self.wake();
        let Some(context) = &self.context else {
            return;
        };
        let tones: &[(OscillatorType, f32, f64, f64)] = match sound {
            Sound::Yes => &[(OscillatorType::Sine, 880.0, 0.0, 0.12), (OscillatorType::Sine, 1_320.0, 0.12, 0.22)],
            Sound::No => &[(OscillatorType::Square, 165.0, 0.0, 0.16), (OscillatorType::Square, 147.0, 0.22, 0.3)],
        };
        for tone in tones {
            let _ = play(context, *tone);
        }
    }
}

fn play(context: &AudioContext, (form, pitch, after, length): (OscillatorType, f32, f64, f64)) -> Result<(), JsValue> {
    let (tone, volume) = (context.create_oscillator()?, context.create_gain()?);
    let (from, until) = (context.current_time() + after, context.current_time() + after + length);
    let loud = if form == OscillatorType::Square { 0.25 } else { 0.5 };
    tone.set_type(form);
    tone.frequency().set_value(pitch);
    // Swells and fades, since a step is heard as a click.
    volume.gain().set_value_at_time(0.0, from)?;
    volume.gain().linear_ramp_to_value_at_time(loud, from + 0.01)?;
    volume.gain().set_value_at_time(loud, until - 0.04)?;
    volume.gain().linear_ramp_to_value_at_time(0.0, until)?;
    tone.connect_with_audio_node(&volume)?.connect_with_audio_node(&context.destination())?;
    tone.start_with_when(from)?;
    tone.stop_with_when(until)
}
