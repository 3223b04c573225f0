// Package vssd holds the settings of a virtual system and of its boot order, as
// CIM defines them and OVF uses them: [System] is the element System of a
// VirtualHardwareSection (DSP0243 8.1), [BootConfigSetting] that of a
// BootDeviceSection of OVF 2.x.
//
// The structs are generated from the schemas; they are read and written as
// parts of an envelope, by package envelope.
package vssd
