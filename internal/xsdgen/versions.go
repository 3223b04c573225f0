package xsdgen

// Versions lists the schema versions of this module, oldest first, as paths in
// the folder schemas.
func Versions() []Version {
	const environment = "common/dsp8027_1.1.0.xsd"
	return []Version{
		{"1.0.0", []string{"1.0.0/dsp8023_1.0.0.xsd", environment}},
		{"1.1.0", []string{"1.1.0/dsp8023_1.1.0.xsd", environment}},
		{"1.1.1", []string{"1.1.1/dsp8023_1.1.1.xsd", environment}},
		{"2.0.1", []string{"2.0.1/dsp8023_2.0.1.xsd", environment}},
	}
}
