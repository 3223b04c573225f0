package ovf

import (
	"bytes"
	"context"
	"io"
	"sync"

	"github.com/ovfkit/ovf/diag"
	"github.com/ovfkit/ovf/internal/source"
	"github.com/ovfkit/ovf/sign"
)

// Verify checks the package against a policy: the manifest, complete in both
// directions, the digest of every file, the signature and who made it (DSP0243
// 5.1). What opening the package has found wrong with its files refuses it too.
//
// The report is never nil, also with an error, and has a row for each check and
// file. The error is [sign.Report.Err]: nil if the package is accepted.
//
// The files are read side by side, each byte once, in constant memory but for 64
// bytes for each MiB of them. When the package is accepted, every later read is
// compared, block by block, with what was read here, so a file that changes on
// its medium afterwards gives [ErrChanged] and not other bytes. Verify may be
// called from several goroutines.
func (p *Package) Verify(ctx context.Context, policy sign.Policy) (*sign.Report, error) {
	v := verification{pkg: p, ctx: ctx, seals: map[string]*source.Sealer{}}
	defer v.close()
	in := p.signInput()
	for i := range in.Members {
		v.content(&in.Members[i])
	}
	in.Members = append(in.Members, v.remotes()...)
	report, err := sign.Verify(ctx, in, p.policy(policy))
	if err == nil {
		for name, s := range v.seals {
			if s.Complete() {
				p.keepSeal(name, s)
			}
		}
		p.mu.Lock()
		p.accepted = true
		p.mu.Unlock()
	}
	return report, err
}

// trusted reports whether Verify has accepted the package.
func (p *Package) trusted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.accepted
}

// Verify opens the package of that name, verifies it and closes it: [Open] and
// [Package.Verify] in one. An archive at a URL is read in one pass, without a
// temporary file. If the package cannot be opened, the report says why, too.
func Verify(ctx context.Context, name string, policy sign.Policy, o Options) (*sign.Report, error) {
	if isWeb(name) && isArchiveURL(name) {
		r, err := source.OpenStream(ctx, o.client(), name)
		if err != nil {
			return &sign.Report{}, named(publicURL(name), err)
		}
		defer r.Close()
		return VerifyStream(ctx, r, publicURL(name), policy, o)
	}
	p, err := Open(ctx, name, o)
	if err != nil {
		return refused(ctx, err, policy)
	}
	defer p.Close()
	return p.Verify(ctx, policy)
}

// signInput is the package as package sign sees it, without contents.
func (p *Package) signInput() sign.Input {
	in := sign.Input{Manifest: p.manifest, Certificate: p.certificate, Problems: p.problems(),
		Members: []sign.Member{{Name: p.descriptor, Role: sign.RoleDescriptor, Size: int64(len(p.raw)), Content: bytes.NewReader(p.raw)}}}
	for _, f := range p.files {
		role := sign.RoleFile
		if f.Chunks > 0 {
			role = sign.RoleChunk
		}
		for i, s := range f.stored {
			m := sign.Member{Name: s.name, Role: role, Size: s.size, Digests: s.digests, Href: f.Href}
			if role == sign.RoleChunk {
				m.Href = chunkName(f.Href, i)
			}
			in.Members = append(in.Members, m)
		}
	}
	for _, s := range p.extras {
		in.Members = append(in.Members, sign.Member{Name: s.name, Role: sign.RoleOptional, Size: s.size, Digests: s.digests})
	}
	return in
}

// problems are what opening has found about the files. What it has found in the
// descriptor is for validation.
func (p *Package) problems() diag.List {
	var out diag.List
	for _, d := range p.Diagnostics {
		if d.Layer == diag.Package {
			out = append(out, d)
		}
	}
	return out
}

func (p *Package) policy(policy sign.Policy) sign.Policy {
	if policy.Limits == (sign.Limits{}) {
		policy.Limits = p.options.Limits.Sign
	}
	return policy
}

// verification is the contents of one call of Verify.
type verification struct {
	pkg   *Package
	ctx   context.Context
	seals map[string]*source.Sealer // by name

	mu      sync.Mutex
	closers []io.Closer
}

// content gives a member its content, which is opened when it is read.
func (v *verification) content(m *sign.Member) {
	if m.Role == sign.RoleDescriptor {
		return
	}
	name := m.Name
	l := &lazy{size: m.Size, progress: v.pkg.options.Progress, open: func() (source.Content, error) {
		c, err := v.pkg.store.Open(v.ctx, name)
		if err == nil && c.Size() != m.Size && m.Size >= 0 {
			c.Close()
			err = ErrChanged
		}
		return c, err
	}}
	v.keep(l)
	if m.Size < 0 { // a server that did not say
		size, err := l.learn()
		if err != nil {
			return
		}
		m.Size = size
	}
	seal := source.NewSealer(l, m.Size)
	v.seals[name] = seal
	m.Content = seal
}

// remotes are the files on the network.
func (v *verification) remotes() []sign.Member {
	var out []sign.Member
	for _, f := range v.pkg.files {
		if f.Remote {
			out = append(out, v.remote(f))
		}
	}
	return out
}

// remote is a file on the network. It is left unread if it may not be fetched.
func (v *verification) remote(f *File) sign.Member {
	m := sign.Member{Name: f.Href, Size: -1}
	if f.readable() != nil {
		return m
	}
	c, err := f.fetch(v.ctx)
	if err != nil {
		m.Content, m.Size = failing{err}, 1
		return m
	}
	v.keep(c)
	m.Size = c.Size()
	m.Content = &lazy{size: m.Size, progress: v.pkg.options.Progress, content: keepOpen{c}}
	return m
}

func (v *verification) keep(c io.Closer) { v.closers = append(v.closers, c) }

func (v *verification) close() {
	for _, c := range v.closers {
		c.Close()
	}
}

// failing is a content that cannot be read.
type failing struct{ err error }

func (f failing) ReadAt([]byte, int64) (int, error) { return 0, f.err }

// keepOpen is closed by someone else.
type keepOpen struct{ source.Content }

func (keepOpen) Close() error { return nil }

// lazy opens a content at the first read and closes it after the last byte, so that
// a package of many files does not have all of them open.
type lazy struct {
	open     func() (source.Content, error)
	size     int64
	progress func(int64)

	mu      sync.Mutex
	content source.Content
}

func (l *lazy) ReadAt(p []byte, off int64) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.content == nil {
		c, err := l.open()
		if err != nil {
			return 0, err
		}
		l.content = c
	}
	n, err := l.content.ReadAt(p, off)
	if l.progress != nil && n > 0 {
		l.progress(int64(n))
	}
	if l.open != nil && (err != nil || off+int64(n) >= l.size) {
		l.content.Close()
		l.content = nil
	}
	return n, err
}

// learn opens the content to learn its size.
func (l *lazy) learn() (int64, error) {
	c, err := l.open()
	if err != nil {
		return 0, err
	}
	l.content, l.size = c, c.Size()
	return l.size, nil
}

func (l *lazy) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.content == nil {
		return nil
	}
	err := l.content.Close()
	l.content = nil
	return err
}
