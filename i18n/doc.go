// Package i18n chooses the language of texts and finds their translations: the
// message bundles of OVF (DSP0243 10), without the XML that they are written in.
//
// # The model
//
// A document has texts in one language of its own. A text with an id may be
// translated: a [Bundle] holds the [Message] of each id in one [Locale]. Package
// envelope makes bundles from the Strings elements of a descriptor and from
// bundle files.
//
// # Choosing
//
// [Choose] takes what a reader understands, best first, and returns the chain of
// bundles to look into for each text:
//
//  1. For each wanted locale in turn, what is written in that language: the best
//     match as golang.org/x/text/language finds it, then the best matches for what
//     remains of the tag when it is cut short as in the lookup of RFC 4647 (de-AT,
//     then de; zh-TW, then zh-Hant, never zh), then all others of the
//     language that such a reader can read.
//  2. If there is nothing in any wanted language: what its readers usually
//     understand as well, by the data of the Unicode consortium: Bokmål for
//     Danish, French for Breton.
//  3. The texts of the document.
//
// The texts of the document ([InLine]) take part under their own language. They
// stand in the chain where they match, before bundles in other languages, but
// after those in their own: a bundle for the language of the document may
// correct or complete it.
//
// # Finding
//
// A [Catalog] looks every text up in the whole chain, so a text that the
// best bundle lacks comes from the next one, and [Catalog.Text] says which
// locale it is in. An empty message is no translation.
//
// # For translators
//
// [Report] says for each locale which messages are missing, which belong to no
// text, and which still say what the document says.
//
// # Safety
//
// Tags, ids and texts may be hostile: what is no language tag is reported and
// never chosen, and no more than [MaxLocales] locales and [MaxMessages] messages are
// looked at. Values are safe to read from several goroutines; changing them
// is not.
package i18n
