package emulation

import (
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"github.com/sunday-with-the-people/sunday/internal/fault"
)

// ErrFormula: a formula names something unknown or does more than reckon with
// whole numbers.
var ErrFormula = fault.New(fault.Invalid, "scorecard.formula")

// Bounds of a formula, so that a score is always cheap to reckon.
const (
	maxFormulaBytes = 500
	maxFormulaNodes = 80
)

// ratioName is the one function that a formula may call.
const ratioName = "ratio"

// Formula is a compiled formula. In it stand the shares of metrics by their
// names (held, 0 to 1000 thousandths), their parts (held_num, held_den), whole
// numbers, + - *, comparisons, "and", "or", "not", a ? b : c, and ratio(a, b),
// which gives thousandths from 0 to 1000. There is no division, as it would
// make floats.
type Formula struct{ program *vm.Program }

// CompileFormula checks and compiles the formula's text.
func CompileFormula(text string) (*Formula, error) {
	if len(text) > maxFormulaBytes {
		return nil, ErrFormula
	}
	tree, err := parser.Parse(text)
	if err != nil {
		return nil, ErrFormula.Because(err)
	}
	var refused fence
	ast.Walk(&tree.Node, &refused)
	if refused.err != nil {
		return nil, ErrFormula.Because(refused.err)
	}
	program, err := expr.Compile(text, expr.Env(env(nil)), expr.AsInt(), expr.DisableAllBuiltins(),
		expr.MaxNodes(maxFormulaNodes), expr.Function(ratioName, ratioInFormula, new(func(int, int) int)))
	if err != nil {
		return nil, ErrFormula.Because(err)
	}
	return &Formula{program: program}, nil
}

// Share reckons the formula: thousandths, bounded to 0 and 1000.
func (f *Formula) Share(metrics map[string]Metric) (int64, error) {
	out, err := expr.Run(f.program, env(metrics))
	if err != nil {
		return 0, ErrFormula.Because(err)
	}
	share, ok := out.(int)
	if !ok {
		return 0, ErrFormula
	}
	return int64(min(max(share, 0), 1000)), nil
}

// env is what formulas know: every metric, whether there are facts for it or not.
func env(metrics map[string]Metric) map[string]any {
	known := map[string]any{}
	for _, name := range Metrics() {
		m := metrics[name]
		known[name] = int(m.Share())
		known[name+"_num"] = int(m.Numerator)
		known[name+"_den"] = int(m.Denominator)
	}
	return known
}

func ratioInFormula(args ...any) (any, error) {
	num, okNum := args[0].(int)
	den, okDen := args[1].(int)
	if !okNum || !okDen {
		return nil, fmt.Errorf("ratio of something that is no whole number")
	}
	return int(ratio(int64(num), int64(den))), nil
}

// fence lets through only what Formula's comment lists.
type fence struct{ err error }

var allowedOperators = map[string]bool{
	"+": true, "-": true, "*": true, "<": true, "<=": true, ">": true, ">=": true, "==": true, "!=": true,
	"and": true, "or": true, "not": true, "&&": true, "||": true, "!": true,
}

// Visit is called for every node of the formula.
func (f *fence) Visit(node *ast.Node) {
	ok := false
	switch n := (*node).(type) {
	case *ast.IntegerNode, *ast.BoolNode, *ast.ConditionalNode:
		ok = true
	case *ast.IdentifierNode:
		_, ok = env(nil)[n.Value]
		ok = ok || n.Value == ratioName
	case *ast.UnaryNode:
		ok = allowedOperators[n.Operator]
	case *ast.BinaryNode:
		ok = allowedOperators[n.Operator]
	case *ast.CallNode:
		callee, named := n.Callee.(*ast.IdentifierNode)
		ok = named && callee.Value == ratioName && len(n.Arguments) == 2
	}
	if !ok && f.err == nil {
		f.err = fmt.Errorf("formula has a %T", *node)
	}
}
