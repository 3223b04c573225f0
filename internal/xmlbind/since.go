package xmlbind

// Newest returns the newest version of OVF that brought a part which a struct
// or anything in it uses, the part by its schema name, and the struct that has
// it. The version is "1.0.0" where nothing newer is used.
func Newest(c Codec) (version, part string, in Codec) {
	version = "1.0.0"
	newer := func(since, name string, at Codec) {
		if since > version {
			version, part, in = since, name, at
		}
	}
	newer(c.Schema().Since, c.Schema().Name, c)
	e := collect(c, "")
	for _, a := range e.attrs {
		if a.field != nil {
			newer(a.field.Since, a.field.Name, c)
		}
	}
	for _, k := range e.kids {
		if k.order < len(e.typ.Fields) && k.elem == nil {
			newer(e.typ.Fields[k.order].Since, e.typ.Fields[k.order].Name, c)
		}
		if k.codec != nil {
			v, p, at := Newest(k.codec)
			newer(v, p, at)
		}
	}
	return version, part, in
}
