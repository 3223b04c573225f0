// Package ova reads and writes .ova files, the tar form of a package (DSP0243
// 5.3).
//
// A [Reader] goes from header to header and judges each: whatever readers could
// take differently, or that leads out of the package, is a diagnostic with a rule
// of [Rules]. It reads headers alone where it can skip, and works on a pipe as
// well.
//
//	a := ova.NewReaderAt(f, size, "petstore.ova", 0)
//	for {
//		m, err := a.Next()
//		if err == io.EOF {
//			break
//		}
//		…
//	}
//	if a.Diagnostics().HasErrors() {
//		// not to be used
//	}
//
// [ReadDescriptor] finds the descriptor alone, in archives that a Reader would
// refuse too. A [Writer] writes what every consumer takes.
package ova
