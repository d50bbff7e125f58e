package io.github.ldaudiences.deploy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.codehaus.groovy.ast.expr.BinaryExpression;
import org.codehaus.groovy.ast.expr.ClosureExpression;
import org.codehaus.groovy.ast.expr.ConstantExpression;
import org.codehaus.groovy.ast.expr.Expression;
import org.codehaus.groovy.ast.expr.ListExpression;
import org.codehaus.groovy.ast.expr.MapExpression;
import org.codehaus.groovy.ast.expr.MethodCallExpression;
import org.codehaus.groovy.ast.expr.TupleExpression;
import org.codehaus.groovy.ast.expr.VariableExpression;
import org.codehaus.groovy.ast.stmt.BlockStatement;
import org.codehaus.groovy.ast.stmt.ExpressionStatement;
import org.codehaus.groovy.ast.stmt.ReturnStatement;
import org.codehaus.groovy.ast.stmt.Statement;
import org.codehaus.groovy.control.SourceUnit;

/** Reads a Jenkinsfile with Groovy's parser as what a declarative pipeline is: names with arguments and blocks. */
final class Pipeline {

    /**
     * One line of a pipeline, with its block. An argument is the text of a constant; a {@link Call}; a list of these; or, for
     * anything that Groovy would have to work out, the expression itself. An assignment has the name {@code =}.
     */
    record Call(String name, int line, List<Object> arguments, Map<String, Object> named, List<Call> block) {

        boolean has(String inner) {
            return block.stream().anyMatch(call -> call.name.equals(inner));
        }

        List<Call> all(String inner) {
            return block.stream().filter(call -> call.name.equals(inner)).toList();
        }

        Call only(String inner) {
            List<Call> calls = all(inner);
            if (calls.size() != 1) {
                throw new IllegalStateException(this + " has " + calls.size() + " of " + inner);
            }
            return calls.get(0);
        }

        /** This one and all within, those in arguments as well. */
        Stream<Call> walk() {
            Stream<Object> values = Stream.concat(arguments.stream(), named.values().stream());
            Stream<Call> within = values.flatMap(
                            value -> value instanceof List<?> list ? list.stream() : Stream.of(value))
                    .filter(Call.class::isInstance)
                    .map(Call.class::cast);
            return Stream.concat(
                    Stream.of(this), Stream.concat(within, block.stream()).flatMap(Call::walk));
        }

        @Override
        public String toString() {
            return name + " in line " + line;
        }
    }

    private Pipeline() {}

    /** The lines at the top of a file. */
    static List<Call> read(Path file) {
        try {
            // Parsed and no more: the compiler would look for transformations in every jar.
            SourceUnit source = SourceUnit.create(file.toString(), Files.readString(file));
            source.parse();
            source.completePhase();
            source.nextPhase();
            source.convert();
            return calls(source.getAST().getStatementBlock());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Call> calls(Statement block) {
        List<Call> calls = new ArrayList<>();
        for (Statement statement : ((BlockStatement) block).getStatements()) {
            if (statement instanceof ExpressionStatement line) {
                calls.add(call(line.getExpression()));
            } else if (statement instanceof ReturnStatement line) {
                calls.add(call(line.getExpression()));
            } else {
                throw new IllegalStateException("Line " + statement.getLineNumber() + " is Groovy, not declarative");
            }
        }
        return calls;
    }

    private static Call call(Expression expression) {
        int line = expression.getLineNumber();
        if (expression instanceof VariableExpression name) {
            return new Call(name.getName(), line, List.of(), Map.of(), List.of());
        }
        if (expression instanceof BinaryExpression assignment
                && assignment.getOperation().getText().equals("=")) {
            List<Object> sides =
                    List.of(assignment.getLeftExpression().getText(), value(assignment.getRightExpression()));
            return new Call("=", line, sides, Map.of(), List.of());
        }
        if (!(expression instanceof MethodCallExpression method) || !method.isImplicitThis()) {
            throw new IllegalStateException("Line " + line + " is Groovy, not declarative: " + expression.getText());
        }
        List<Object> arguments = new ArrayList<>();
        Map<String, Object> named = new TreeMap<>();
        List<Call> block = List.of();
        for (Expression argument : ((TupleExpression) method.getArguments()).getExpressions()) {
            if (argument instanceof MapExpression map) {
                map.getMapEntryExpressions()
                        .forEach(entry ->
                                named.put(entry.getKeyExpression().getText(), value(entry.getValueExpression())));
            } else if (argument instanceof ClosureExpression closure) {
                // What decides an expression condition is Groovy.
                block = method.getMethodAsString().equals("expression") ? List.of() : calls(closure.getCode());
            } else {
                arguments.add(value(argument));
            }
        }
        return new Call(method.getMethodAsString(), line, arguments, named, block);
    }

    private static Object value(Expression expression) {
        if (expression instanceof ConstantExpression constant) {
            return constant.getText();
        }
        if (expression instanceof ListExpression list) {
            return list.getExpressions().stream().map(Pipeline::value).toList();
        }
        if (expression instanceof MethodCallExpression || expression instanceof VariableExpression) {
            return call(expression);
        }
        return expression;
    }
}
