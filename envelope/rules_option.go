package envelope

import (
	"strings"
	"unicode"

	"github.com/ovfkit/ovf/diag"
)

// optionRules are the rules of DeploymentOptionSection (DSP0243 9.8).
var optionRules = []diag.Rule{
	{Name: "option-id-unique", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "Two deployment options have one id.",
		Why:     "The operator cannot choose between them."},
	{Name: "option-id-form", Layer: diag.Semantic, Severity: diag.Warning, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "The id of an option cannot be used in a list.",
		Why:     "Lists of ids are separated by blanks."},
	{Name: "option-default", Layer: diag.Semantic, Severity: diag.Error, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "Two options are the default.",
		Why:     "Which one is deployed is undefined."},
	{Name: "option-default-none", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "No option is marked as default.",
		Why:     "The first one is taken, which may surprise."},
	{Name: "option-unused", Layer: diag.Semantic, Severity: diag.Info, Clause: "DSP0243 9.8", Since: "0.1.0",
		Summary: "An option changes nothing.",
		Why:     "Choosing it has no effect."},
}

// deploymentOptions checks the options and their default.
func (c *checker) deploymentOptions() {
	var all []*Configuration
	var def *Configuration // the first that is marked
	for s := range c.sections() {
		o, ok := s.(*DeploymentOptionSection)
		if !ok {
			continue
		}
		for i := range o.Configuration {
			cfg := &o.Configuration[i]
			all = append(all, cfg)
			c.optionID(cfg)
			switch {
			case cfg.Default == nil || !*cfg.Default:
			case def == nil:
				def = cfg
			default:
				c.at("option-default", cfg.Location("@default"), "the options %s and %s are both the default", diag.Quote(def.ID), diag.Quote(cfg.ID)).
					related(def.Location("@default"), "the first one").
					hint("mark one of them").add()
			}
		}
	}
	if def == nil && len(all) > 0 {
		def = all[0]
		if len(all) > 1 {
			c.at("option-default-none", def.Location(""), "none of the %d options is the default, so %s is", len(all), diag.Quote(def.ID)).
				hint("add ovf:default=\"true\" to the one that is meant").add()
		}
	}
	for _, cfg := range all {
		if cfg != def && !blank(cfg.ID) && c.options.get(cfg.ID) == cfg && !c.uses().options[cfg.ID] {
			c.at("option-unused", cfg.Location(""), "nothing is for the option %s", diag.Quote(cfg.ID)).
				hint("name it in the configuration of an Item or of a property's Value, or remove it").add()
		}
	}
}

func (c *checker) optionID(cfg *Configuration) {
	if blank(cfg.ID) {
		return
	}
	if was := c.options.get(cfg.ID); was != cfg {
		c.at("option-id-unique", cfg.Location("@id"), "the option id %s is used twice", diag.Quote(cfg.ID)).
			related(was.Location("@id"), "first used here").
			hint("give each Configuration an id of its own").add()
	}
	switch {
	case strings.ContainsFunc(cfg.ID, unicode.IsSpace):
		c.at("option-id-form", cfg.Location("@id"), "the option id %s holds a blank, so that no list can name it", diag.Quote(cfg.ID)).as(diag.Error).
			hint("write a hyphen in its place").add()
	case strings.Contains(cfg.ID, ","):
		c.at("option-id-form", cfg.Location("@id"), "the option id %s holds a comma, which some readers take for a separator", diag.Quote(cfg.ID)).
			hint("write a hyphen in its place").add()
	}
}
