//go:build !libxml2

package readers

func libxml2() []Reader          { return nil }
func libxml2Validator() []Reader { return nil }
