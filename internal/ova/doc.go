// Package ova finds the descriptor in an .ova file, the tar form of a package
// (DSP0243 5.3), without reading more of the archive than it must: the headers up
// to the descriptor, and the descriptor itself.
//
//	d, err := ova.ReadDescriptor(f, ova.Limits{})
//	if err == nil && d.Before > 0 {
//		// readable here, but many consumers want the descriptor first
//	}
package ova
