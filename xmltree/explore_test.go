package xmltree

import (
	"fmt"
	rand2 "math/rand/v2"
	"regexp"
	"strconv"
	"time"

	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func corpusT(t testing.TB) []string {
	var out []string
	filepath.WalkDir("../../shared/corpus", func(p string, e os.DirEntry, err error) error {
		if e.IsDir() {
			return nil
		}
		if strings.HasSuffix(p, ".ovf") || strings.HasSuffix(p, ".xml") || strings.HasSuffix(p, ".svn-base") || strings.HasSuffix(p, ".expected") {
			out = append(out, p)
		}
		return nil
	})
	return out
}

func cmpT(t *testing.T, name string, b []byte) {
	disagreement(t, b)
}
func TestExploreCorpus(t *testing.T) {
	for _, p := range corpusT(t) {
		b, _ := os.ReadFile(p)
		cmpT(t, p, b)
	}
}

const small = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone='yes'?>\r\n<?pi some data?><!-- c -->\n<r:Env xmlns:r=\"http://a/b\" xmlns='urn:x' r:a='1&lt;' b=\"x&#10;\ty\">\n\t<A><![CDATA[ <x>&]]></A>te&amp;xt \u00e9\U0001F600<B xml:lang='de' xmlns=''/><!--e--><r:C >]] ></r:C\n></r:Env>\n<?end?>"

func TestExploreMut(t *testing.T) {
	for i := range len(small) + 1 {
		cmpT(t, "trunc", []byte(small[:i]))
	}
	bytes := []byte("<>&;\"'= \n\r\t\x00\x01\x7f\x80\xef\xff-?!/[]:a1xX.#\xc3")
	for i := range len(small) {
		b := []byte(small)
		for _, c := range bytes {
			b[i] = c
			cmpT(t, "mut", b)
		}
		cmpT(t, "del", []byte(small[:i]+small[i+1:]))
		for _, c := range bytes {
			cmpT(t, "ins", []byte(small[:i]+string([]byte{c})+small[i:]))
		}
	}
}

func TestExploreC14n(t *testing.T) {
	files := corpusT(t)
	rand.Shuffle(len(files), func(i, j int) { files[i], files[j] = files[j], files[i] })
	for _, p := range files {
		b, _ := os.ReadFile(p)
		d, err := Parse(p, b, Limits{})
		if err != nil {
			continue
		}
		for _, ex := range []bool{false, true} {
			opt := "--c14n"
			if ex {
				opt = "--exc-c14n"
			}
			want, err := lintCanonical(t, opt, b)
			if err != nil {
				t.Log(p, err)
				continue
			}
			var sb strings.Builder
			if err := d.Node().Canonical(&sb, CanonicalOptions{Exclusive: ex, Comments: true}); err != nil {
				t.Error(p, err)
				continue
			}
			if sb.String() != want {
				t.Errorf("%s %v differ", p, ex)
			}
		}
	}
}

type rec struct {
	testing.TB
	out []string
}

func (r *rec) Errorf(f string, a ...any) { r.out = append(r.out, fmt.Sprintf(f, a...)) }

var toks = []string{"<", ">", "/>", "</", "a", "b", "x:", "y:", "xmlns", "xmlns:", "xmlns:x", "xml", "xml:", "xml:id", "xml:space", "xml:lang", "=", "'", "\"", "''", "'u'", "'urn:x'", " ", "\n", "\r", "\t", "&", "&amp;", "&lt;", "&#10;", "&#x41;", "&#0;", "&#xD800;", "&#x10FFFF;", "&#x110000;", "&#xFFFE;", "&#xffffffff1;", ";", "<!--", "-->", "--", "-", "<![CDATA[", "]]>", "]]", "]", "<?", "?>", "?", "<?xml", "<?XML ", " version='1.0'", "encoding='UTF-8'", " encoding='utf-16'", " encoding='ISO-8859-1'", " standalone='no'", "<a>", "</a>", "<b>", "</b>", "<x:a>", "</x:a>", "<a xmlns:x='urn:x'>", "<x:a xmlns:x='urn:x'>", "<b c='d'/>", "text", "é", "\u00d7", "\u0300", "\u2070", "\ufffd", "\ufffe", "\uffff", "\ufeff", "\U0001F600", "\x80", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x00", "\x01", "\x7f", "\x85", "\u0085", "\u2028", "<a", "<x:b ", "http://www.w3.org/XML/1998/namespace", "http://www.w3.org/2000/xmlns/", "1", ".", ":", "::", "_"}

func TestExploreRandom(t *testing.T) {
	seen := map[string]int{}
	rx := regexp.MustCompile(`"[^\n]*"|'[^\n]*'|[0-9]+|U\+[0-9A-F]+`)
	secs, _ := strconv.Atoi(os.Getenv("SECS"))
	if secs == 0 {
		secs = 20
	}
	n, acc := 0, 0
	for end := time.Now().Add(time.Duration(secs) * time.Second); time.Now().Before(end); n++ {
		var sb strings.Builder
		k := rand.Intn(12) + 1
		pre := rand.Intn(4)
		switch pre {
		case 0:
			sb.WriteString("<a>")
		case 1:
			sb.WriteString("<a xmlns='urn:d' xmlns:x='urn:x' xmlns:y='urn:x' ")
		case 2:
			sb.WriteString("<?xml version='1.0'")
		}
		for range k {
			sb.WriteString(toks[rand.Intn(len(toks))])
		}
		switch pre {
		case 0:
			sb.WriteString("</a>")
		case 1:
			sb.WriteString("/>")
		case 2:
			if rand.Intn(2) == 0 {
				sb.WriteString("?>")
			}
			sb.WriteString("<a/>")
		}
		s := sb.String()
		if rand.Intn(3) > 0 {
			r2 := rand2.New(rand2.NewPCG(uint64(rand.Int63()), 1))
			s = randomDocument(r2)
			if rand.Intn(3) > 0 {
				s = damage(r2, s)
			}
		}
		switch rand.Intn(30) {
		case 0:
			s = string(enc16(s, UTF16LE, true))
		case 1:
			s = string(enc16(s, UTF16BE, true))
		case 2:
			s = string(enc16(s, UTF16LE, false))
		case 3:
			s = "\xef\xbb\xbf" + s
		}
		r := &rec{TB: t}
		disagreement(r, []byte(s))
		if _, err := Parse("", []byte(s), Limits{}); err == nil {
			acc++
		}
		if len(r.out) > 0 {
			parts := strings.SplitN(r.out[0], "\n", 2)
			key := rx.ReplaceAllString(parts[1], "#")
			if i := strings.Index(key, "<"); i > 0 {
				key = key[:i]
			}
			if seen[key]++; seen[key] == 1 && len(seen) < 25 {
				t.Errorf("%.600s", r.out[0])
			}
		}
	}
	t.Log(n, acc)
	for k, n := range seen {
		t.Log(n, k)
	}
}

func enc16(s string, e Encoding, bom bool) []byte {
	if bom {
		s = "\ufeff" + s
	}
	return e.encode(nil, s, nil)
}
