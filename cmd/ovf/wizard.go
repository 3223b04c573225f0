package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/term"

	"github.com/ovfkit/ovf/cmd/ovf/internal/cells"
	"github.com/ovfkit/ovf/plan"
)

// errStopped says that the operator ended the questions.
var errStopped = errors.New("stopped at a question; nothing was done")

// interview asks the operator on the terminal for what the choices leave open:
// the deployment option first, then the properties. It writes to standard error,
// so that standard output stays for the result.
func (c *cli) interview(ctx context.Context, in plan.Input, choices plan.Choices) (plan.Choices, error) {
	keys, ok1 := c.stdin.(*os.File)
	screen, ok2 := c.stderr.(*os.File)
	if !ok1 || !ok2 || !term.IsTerminal(int(keys.Fd())) || !term.IsTerminal(int(screen.Fd())) {
		return choices, usagef("--interactive needs a terminal for input and messages; use --property and --properties in scripts")
	}
	form, err := plan.NewForm(ctx, in, choices)
	if err != nil {
		return choices, err
	}
	before, err := term.MakeRaw(int(keys.Fd()))
	if err != nil {
		return choices, &fileError{fmt.Errorf("the terminal cannot be set up: %w", err)}
	}
	defer term.Restore(int(keys.Fd()), before)
	w := &wizard{t: term.NewTerminal(struct {
		io.Reader
		io.Writer
	}{keys, screen}, "")}
	if width, height, err := term.GetSize(int(screen.Fd())); err == nil && width > 0 {
		_ = w.t.SetSize(width, height)
	}
	if choices.Option == "" && len(form.Options) > 1 {
		if choices.Option, err = w.option(form); err != nil {
			return choices, err
		}
		if form, err = plan.NewForm(ctx, in, choices); err != nil {
			return choices, err
		}
	}
	answers, err := w.questions(form.Questions)
	choices.Properties = append(choices.Properties, answers...)
	return choices, err
}

// wizard asks questions on a terminal.
type wizard struct {
	t *term.Terminal
}

// say writes a line. Texts come from a package: each becomes one line without
// control characters.
func (w *wizard) say(format string, args ...any) {
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = cells.Clean(s)
		}
	}
	// an error shows at the next question
	_, _ = fmt.Fprintf(w.t, format+"\n", args...)
}

// ask reads a line; secret ones are not shown.
func (w *wizard) ask(prompt string, secret bool) (string, error) {
	var line string
	var err error
	if secret {
		line, err = w.t.ReadPassword(prompt)
	} else {
		w.t.SetPrompt(prompt)
		line, err = w.t.ReadLine()
		if errors.Is(err, term.ErrPasteIndicator) {
			err = nil
		}
	}
	if errors.Is(err, io.EOF) { // Ctrl-C and Ctrl-D alike
		w.say("")
		return "", errStopped
	}
	if err != nil {
		return "", &fileError{fmt.Errorf("cannot read from the terminal: %w", err)}
	}
	return line, nil
}

// option asks for the deployment option, by its number or id.
func (w *wizard) option(form *plan.Form) (string, error) {
	w.say("Deployment options:")
	for i, o := range form.Options {
		text := o.Label.Text
		if o.Description.Text != "" {
			text += ": " + o.Description.Text
		}
		w.say("  %d  %s  %s", i+1, o.ID, text)
	}
	for {
		line, err := w.ask("Option ["+cells.Clean(form.Option)+"]: ", false)
		if err != nil {
			return "", err
		}
		line = strings.TrimSpace(line)
		if line == "" {
			return form.Option, nil
		}
		if n, err := strconv.Atoi(line); err == nil && n >= 1 && n <= len(form.Options) {
			return form.Options[n-1].ID, nil
		}
		for _, o := range form.Options {
			if o.ID == line {
				return o.ID, nil
			}
		}
		w.say("  There is no option %s. Accepted: a number from 1 to %d, or an id.", strconv.Quote(line), len(form.Options))
	}
}

// questions asks for the properties, those of one category together.
func (w *wizard) questions(list []plan.Question) ([]plan.Setting, error) {
	var out []plan.Setting
	if len(list) > 0 {
		w.say("")
		w.say("An empty line takes the value in brackets; \"\" stands for the empty text; Ctrl-C stops.")
	}
	category := ""
	for i := range list {
		q := &list[i]
		if c := strings.TrimSpace(q.Content + ": " + cells.Clean(q.Property.Category.Text)); c != category {
			w.say("")
			w.say("%s", strings.TrimSuffix(c, ":"))
			category = c
		}
		value, given, err := w.question(q)
		if err != nil {
			return out, err
		}
		if given {
			out = append(out, plan.Setting{Name: q.Name, Value: value, Rank: rankFlag, From: "the terminal"})
		}
	}
	return out, nil
}

// question asks until the answer is one that the property takes. Without an
// answer the default stays.
func (w *wizard) question(q *plan.Question) (value string, given bool, err error) {
	p := &q.Property
	label := cells.Clean(p.Label.Text)
	if label == "" {
		label = p.Key
	}
	if p.Description.Text != "" {
		w.say("  %s", p.Description.Text)
	}
	w.say("  Accepted: %s", q.Accepts)
	prompt := "  " + label
	switch def := p.Value + p.Raw; { // one of the two is empty
	case q.Required:
	case p.Password && def != "":
		prompt += " [********]"
	case def != "":
		prompt += " [" + cells.Clean(def) + "]"
	default:
		prompt += " []"
	}
	for {
		line, err := w.ask(prompt+": ", p.Password)
		switch {
		case err != nil:
			return "", false, err
		case line == "" && !q.Required:
			return "", false, nil
		case line == "":
			w.say("  A value is needed. Accepted: %s", q.Accepts)
			continue
		case line == `""`:
			line = ""
		}
		if err := q.Check(line); err != nil {
			w.say("  Not taken: %s", err.Error())
			continue
		}
		if p.Password {
			again, err := w.ask("  The same again: ", true)
			if err != nil {
				return "", false, err
			}
			if again != line {
				w.say("  The two differ; once more.")
				continue
			}
		}
		return line, true, nil
	}
}
