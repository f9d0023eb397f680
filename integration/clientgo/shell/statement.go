package main

import (
	"slices"
	"strconv"
)

// form is the shape of a statement: how many arguments it takes, which options with a value and which flags.
type form struct {
	least, most   int
	values, flags []string
}

const many = 1 << 30

var forms = map[string]form{
	"raw get":      {1, 1, []string{"--cf"}, nil},
	"raw put":      {2, 2, []string{"--ttl", "--cf"}, nil},
	"raw del":      {1, 1, nil, nil},
	"raw mget":     {1, many, nil, nil},
	"raw mput":     {2, many, []string{"--ttl"}, nil},
	"raw mdel":     {1, many, nil, nil},
	"raw scan":     {2, 2, []string{"--limit"}, []string{"--reverse", "--keys-only"}},
	"raw delrange": {2, 2, nil, nil},
	"raw cas":      {2, 3, []string{"--ttl"}, []string{"--absent"}},
	"raw ttl":      {1, 1, nil, nil},
	"raw checksum": {2, 2, nil, nil},
	"raw copr":     {5, 5, nil, nil},
	"ts":           {0, 0, nil, nil},
	"split":        {1, many, nil, nil},
	"regions":      {0, 2, nil, nil},
	"gc":           {0, 1, nil, nil},
	"begin":        {1, 2, []string{"--start-ts"}, []string{"--async-commit", "--1pc", "--causal", "--pipelined"}},
	"snapshot":     {1, 1, []string{"--ts", "--replica"}, []string{"--stale"}},
	"T get":        {1, 1, nil, nil},
	"T mget":       {1, many, nil, nil},
	"T put":        {2, 2, nil, nil},
	"T insert":     {2, 2, nil, nil},
	"T del":        {1, 1, nil, nil},
	"T lock":       {1, many, []string{"--wait"}, []string{"--nowait", "--return-values"}},
	"T scan":       {2, 2, []string{"--limit"}, []string{"--reverse"}},
	"T commit":     {0, 0, nil, nil},
	"T rollback":   {0, 0, nil, nil},
}

type statement struct {
	form    string // key of forms; "T verb" for what works on a transaction or snapshot
	name    string // of that transaction or snapshot
	args    [][]byte
	options map[string]string
	flags   map[string]bool
}

func parse(words []word) (statement, error) {
	s := statement{options: map[string]string{}, flags: map[string]bool{}}
	words, err := s.head(words)
	if err != nil {
		return s, err
	}
	f := forms[s.form]
	for i := 0; i < len(words); i++ {
		switch w := words[i]; {
		case !w.isOption():
			s.args = append(s.args, w.bytes)
		case slices.Contains(f.flags, string(w.bytes)):
			s.flags[string(w.bytes)] = true
		case slices.Contains(f.values, string(w.bytes)) && i+1 < len(words):
			i++
			s.options[string(w.bytes)] = string(words[i].bytes)
		default:
			return s, invalid("unknown option, or one without its value: %s", w.bytes)
		}
	}
	if len(s.args) < f.least || len(s.args) > f.most {
		return s, invalid("%s with %d arguments", s.form, len(s.args))
	}
	return s, nil
}

// head finds the form by the leading words and gives the others.
func (s *statement) head(words []word) ([]word, error) {
	first := string(words[0].bytes)
	if _, found := forms[first]; found && words[0].plain {
		s.form = first
		return words[1:], nil
	}
	if len(words) > 1 && words[1].plain {
		verb := string(words[1].bytes)
		if words[0].is("raw") {
			s.form = "raw " + verb
		} else {
			s.form, s.name = "T "+verb, first
		}
		if _, found := forms[s.form]; found {
			return words[2:], nil
		}
	}
	return nil, invalid("unknown statement %s", first)
}

func (s *statement) number(option string, otherwise int64) (int64, error) {
	text, given := s.options[option]
	if !given {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, invalid("%s needs a whole number", option)
	}
	return n, nil
}

// limit is that of a scan, which the language wants to be at least 1.
func (s *statement) limit(otherwise int64) (int, error) {
	n, err := s.number("--limit", otherwise)
	if err == nil && n < 1 {
		err = invalid("--limit needs 1 or more")
	}
	return int(n), err
}
