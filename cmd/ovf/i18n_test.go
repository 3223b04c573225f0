package main

import (
	"archive/tar"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// petstoreCopy copies the pet store into a new folder and returns the name of its
// descriptor.
func petstoreCopy(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(repo, "examples", "petstore"))); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "petstore.ovf")
}

// write replaces a file that a test has made.
func write(t testing.TB, name, content string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// All texts of the pet store are translated.
func TestI18nStatus(t *testing.T) {
	name := petstoreCopy(t)
	r := execute("", "i18n", "status", "--check", name)
	r.want(t, exitGood)
	want := name + `: 46 texts in en-US can be translated

da-DK (in the descriptor): 46 of 46 translated

de-DE (in the file strings-de): 46 of 46 translated
`
	if d := cmp.Diff(want, r.stdout); d != "" || r.stderr != "" {
		t.Errorf("-want +got:\n%s%s", d, r.stderr)
	}
	r = execute("", "i18n", "status", filepath.Dir(name)) // the folder
	r.want(t, exitGood)
	if !strings.Contains(r.stdout, "de-DE (in the file strings-de): 46 of 46 translated") {
		t.Error(r.stdout)
	}
	r = execute(load(t, name), "i18n", "status", "-") // without files
	r.want(t, exitGood, "cannot be read")
	if strings.Contains(r.stdout, "de-DE (in the file strings-de): 46") || !strings.Contains(r.stdout, "da-DK (in the descriptor): 46 of 46") {
		t.Error(r.stdout)
	}
}

// What is wrong with bundles is counted and listed, and stops with --check only.
func TestI18nStatusIncomplete(t *testing.T) {
	name := petstoreCopy(t)
	german := filepath.Join(filepath.Dir(name), "petstore-de.xml")
	write(t, german, strings.NewReplacer(`msgid="name.web"`, `msgid="name.wep"`, ">Zweite Datenbank<", ">Second database<").Replace(load(t, german)))
	r := execute("", "i18n", "status", name)
	r.want(t, exitGood)
	for _, want := range []string{
		"de-DE (in the file strings-de): 43 of 46 translated, 2 untranslated, 1 missing, 1 unused\n",
		"  missing      name.web: Web server\n",
		"  unused       name.wep: Webserver\n",
		"  untranslated name.db2: Second database\n",
	} {
		if !strings.Contains(r.stdout, want) {
			t.Errorf("no %q in\n%s", want, r.stdout)
		}
	}
	execute("", "i18n", "status", "--check", name).want(t, exitInput)
	r = execute("", "i18n", "status", "--json", name)
	r.want(t, exitGood)
	var got struct {
		File, Locale string
		Texts        int
		Locales      []struct {
			Locale            string
			Bundles           []string
			Total, Translated int
			Missing, Unused   []struct {
				MsgID    string
				Location struct {
					File string
					Line int
				}
			}
		}
	}
	if err := json.Unmarshal([]byte(r.stdout), &got); err != nil {
		t.Fatal(err)
	}
	de := got.Locales[1]
	if got.Locale != "en-US" || got.Texts != 46 || de.Locale != "de-DE" || de.Bundles[0] != "strings-de" || de.Translated != 43 {
		t.Errorf("%+v", got)
	}
	lines := strings.Split(load(t, german), "\n")
	if m := de.Unused[0]; m.MsgID != "name.wep" || m.Location.File != "petstore-de.xml" || !strings.Contains(lines[m.Location.Line-1], "name.wep") {
		t.Errorf("%+v", m)
	}
	if m := de.Missing[0]; m.MsgID != "name.web" || !strings.Contains(strings.Split(load(t, name), "\n")[m.Location.Line-1], "name.web") {
		t.Errorf("%+v", m)
	}
}

// The bundles of an archive are found in it.
func TestI18nStatusArchive(t *testing.T) {
	dir := filepath.Dir(petstoreCopy(t))
	name := filepath.Join(dir, "petstore.ova")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(f)
	for _, n := range []string{"petstore.ovf", "petstore-de.xml", "petstore.png"} {
		content := load(t, filepath.Join(dir, n))
		if err := w.WriteHeader(&tar.Header{Name: n, Mode: 0o644, Size: int64(len(content)), Format: tar.FormatUSTAR}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r := execute("", "i18n", "status", name)
	r.want(t, exitGood)
	if !strings.Contains(r.stdout, "de-DE (in the file strings-de): 46 of 46 translated") {
		t.Errorf("%s%s", r.stdout, r.stderr)
	}
	execute("", "i18n", "merge", name, "x.xml", "--in-place").want(t, exitUsage, "unpack it")
}

// A translation goes round: extract, fill in, merge, and the package is complete
// in one more language, with no other byte changed.
func TestI18nRoundTrip(t *testing.T) {
	for _, file := range []bool{false, true} {
		name := petstoreCopy(t)
		before := load(t, name)
		french := filepath.Join(t.TempDir(), "fr.xml")
		execute("", "i18n", "extract", name, "--locale", "fr", "-o", french).want(t, exitGood)
		text := load(t, french)
		if n := strings.Count(text, "></Msg>"); n != 46 {
			t.Fatalf("%d empty messages", n)
		}
		filled := regexp.MustCompile(`<!-- en-US: ([^\n]*(?:\n[^\n]+)?) -->\n  <Msg ovf:msgid="([^"]*)"></Msg>`).ReplaceAllString(text, "<!-- en-US: $1 -->\n  <Msg ovf:msgid=\"$2\">fr: $2 &amp; cie</Msg>")
		write(t, french, filled)
		args := []string{"i18n", "merge", name, french, "--in-place"}
		if file {
			args = append(args, "--file", "petstore-fr.xml")
		}
		execute("", args...).want(t, exitGood, "46 messages changed in fr")
		after := load(t, name)
		rest := regexp.MustCompile(`(?s)  <Strings xml:lang="fr".*?(?:/>|</Strings>)\n`).ReplaceAllString(after, "")
		rest = strings.Replace(rest, "    <File ovf:id=\"strings-fr\" ovf:href=\"petstore-fr.xml\"/>\n", "", 1)
		if rest != before {
			t.Errorf("other bytes have changed:\n%s", lineDiff(before, rest))
		}
		r := execute("", "i18n", "status", "--check", name)
		r.want(t, exitGood)
		if !strings.Contains(r.stdout, ": 46 of 46 translated\n") || !strings.Contains(r.stdout, "\nfr (in the ") {
			t.Error(r.stdout)
		}
		execute("", "validate", name).want(t, exitGood)
		names := []string{name}
		if file {
			names = append(names, filepath.Join(filepath.Dir(name), "petstore-fr.xml"))
		}
		if lint, err := exec.LookPath("xmllint"); err == nil {
			if out, err := exec.Command(lint, append([]string{"--noout"}, names...)...).CombinedOutput(); err != nil {
				t.Errorf("xmllint: %v\n%s", err, out)
			}
		}
		// once more changes nothing
		r = execute("", "i18n", "merge", name, french, "--in-place")
		r.want(t, exitGood, "0 messages changed in fr")
		if load(t, name) != after {
			t.Error("merging twice changes the descriptor")
		}
		// and what is extracted now is what the translator wrote
		if r = execute("", "i18n", "extract", name, "--locale", "fr"); r.stdout != filled {
			t.Errorf("extracted again:\n%s", lineDiff(filled, r.stdout))
		}
	}
}

// A bundle in a file is changed there, and its size in the descriptor with it.
func TestI18nMergeIntoFile(t *testing.T) {
	name := petstoreCopy(t)
	german := filepath.Join(filepath.Dir(name), "petstore-de.xml")
	before, descriptor := load(t, german), load(t, name)
	update := save(t, "de.xml", strings.Replace(before, "Kundschaft", "Kunden", 1))

	execute("", "i18n", "merge", name, update, "--in-place").want(t, exitGood, `petstore-de.xml:12:3: message option.standard.description: "Für einen Laden mit Kundschaft" -> "Für einen Laden mit Kunden"`)
	if got := load(t, german); got != strings.Replace(before, "Kundschaft", "Kunden", 1) || load(t, name) != descriptor {
		t.Errorf("not as expected:\n%s", lineDiff(before, got))
	}

	write(t, german, before)
	write(t, name, strings.Replace(descriptor, `ovf:href="petstore-de.xml"`, `ovf:href="petstore-de.xml" ovf:size="`+jsonNumber(int64(len(before)))+`"`, 1))
	other := filepath.Join(t.TempDir(), "other.ovf")
	write(t, strings.TrimSuffix(other, "ovf")+"mf", "")
	execute("", "i18n", "merge", name, update, "-o", other).want(t, exitGood, "other.mf: the manifest has the digest")
	info, err := os.Stat(filepath.Join(filepath.Dir(other), "petstore-de.xml"))
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`petstore-de.xml" ovf:size="(\d+)"`).FindStringSubmatch(load(t, other))
	if m == nil || m[1] != jsonNumber(info.Size()) || load(t, german) != before {
		t.Errorf("size %v, want %d", m, info.Size())
	}
}

func jsonNumber(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

// Descriptor and bundle can come from standard input, and the descriptor go to
// standard output.
func TestI18nMergePipe(t *testing.T) {
	name := petstoreCopy(t)
	const norse = `<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"><Msg ovf:msgid="name.web">Vevþjónn</Msg></Strings>`
	want := strings.Replace(load(t, name), "</Envelope>", "  <Strings xml:lang=\"is\">\n    <Msg ovf:msgid=\"name.web\">Vevþjónn</Msg>\n  </Strings>\n</Envelope>", 1)
	r := execute(norse, "i18n", "merge", name, "-", "--locale", "is", "-o", "-", "-q")
	r.want(t, exitGood)
	if r.stdout != want || r.stderr != "" {
		t.Errorf("%s%s", lineDiff(want, r.stdout), r.stderr)
	}
	if r = execute(load(t, name), "i18n", "merge", "-", save(t, "is.xml", norse), "--locale", "is", "-o", "-", "-q"); r.stdout != want {
		t.Errorf("%s%s", lineDiff(want, r.stdout), r.stderr)
	}
}

// Every message of the verb as a user sees it. Nothing is written by any of them.
func TestI18nMessages(t *testing.T) {
	name := petstoreCopy(t)
	dir := filepath.Dir(name)
	bundle := func(file, rest string) string {
		return save(t, file, `<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" `+rest)
	}
	french := bundle("fr.xml", `xml:lang="fr"><Msg ovf:msgid="name.wep">Serveur</Msg></Strings>`)
	noted := save(t, "bundles.ovf", `<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1" xml:lang="english">
  <References><File ovf:id="gone" ovf:href="gone.xml"/><File ovf:id="no" ovf:href="no.xml"/></References>
  <VirtualSystem ovf:id="vm"><Info ovf:msgid="info">A machine</Info></VirtualSystem>
  <Strings><Msg ovf:msgid="info">Eine Maschine</Msg></Strings>
  <Strings xml:lang="danish"><Msg ovf:msgid="info">En maskine</Msg></Strings>
  <Strings xml:lang="de"><Msg ovf:msgid="info">Eine Maschine</Msg><Msg ovf:msgid="info">Noch eine</Msg></Strings>
  <Strings xml:lang="fr" ovf:fileRef="gone"/>
  <Strings xml:lang="nn" ovf:fileRef="no"/>
  <Strings xml:lang="sv" ovf:fileRef="nowhere"/>
</Envelope>
`)
	write(t, filepath.Join(filepath.Dir(noted), "no.xml"), `<Strings xmlns="http://schemas.dmtf.org/ovf/envelope/1" xml:lang="no"/>`)
	var b strings.Builder
	for _, c := range []struct {
		status int
		args   []string
	}{
		{exitGood, []string{"status", noted}},
		{exitUsage, []string{"status"}},
		{exitFile, []string{"status", filepath.Join(dir, "nothing.ovf")}},
		{exitInput, []string{"status", filepath.Join(dir, "petstore-de.xml")}},
		{exitUsage, []string{"extract", name}},
		{exitUsage, []string{"extract", name, "--locale", "french"}},
		{exitUsage, []string{"extract", name, "--locale", "xx"}},
		{exitFile, []string{"extract", name, "--locale", "fr", "-o", filepath.Join(dir, "no", "fr.xml")}},
		{exitUsage, []string{"merge", name, french}},
		{exitUsage, []string{"merge", name, french, "-o", name}},
		{exitUsage, []string{"merge", "-", "-", "-o", "-"}},
		{exitUsage, []string{"merge", "-", french, "--in-place"}},
		{exitUsage, []string{"merge", name, french, "--in-place", "--locale", "de"}},
		{exitUsage, []string{"merge", name, french, "--in-place", "--file", "../fr.xml"}},
		{exitUsage, []string{"merge", name, french, "-o", "-", "--file", "fr.xml"}},
		{exitUsage, []string{"merge", name, french, "--in-place", "--file", "petstore.png"}},
		{exitUsage, []string{"merge", name, bundle("none.xml", "/>"), "--in-place"}},
		{exitUsage, []string{"merge", name, bundle("klingon.xml", `xml:lang="klingon"/>`), "--in-place"}},
		{exitUsage, []string{"merge", name, bundle("da.xml", `xml:lang="da-DK"/>`), "--in-place", "--file", "da.xml"}},
		{exitInput, []string{"merge", name, bundle("broken.xml", "><Msg></Strings>"), "--in-place"}},
		{exitInput, []string{"merge", name, save(t, "other.xml", "<Domain/>"), "--in-place"}},
		{exitFile, []string{"merge", name, filepath.Join(dir, "nothing.xml"), "--in-place"}},
		{exitInput, []string{"merge", noted, bundle("gone.xml", `xml:lang="fr"><Msg ovf:msgid="info">Une machine</Msg></Strings>`), "--in-place"}},
	} {
		before := load(t, name)
		r := execute("", append([]string{"i18n"}, c.args...)...)
		r.want(t, c.status)
		if load(t, name) != before {
			t.Errorf("%v has written", c.args)
		}
		line := strings.Join(c.args, " ")
		b.WriteString("$ ovf i18n " + line + "\n" + r.stderr + "\n")
	}
	// the folders of the test are not part of the messages
	golden(t, "i18n-messages.golden", regexp.MustCompile(`[^\s"]*/Test[^/]+/\d+/(?:no/)?`).ReplaceAllString(b.String(), ""))
	if r := execute("", "i18n", "merge", name, french, "-o", "-"); r.status != exitGood || strings.Contains(r.stdout, "Serveur") {
		t.Errorf("a message without text is merged: %s", r.stderr)
	}
}
