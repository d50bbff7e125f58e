package io.github.ldaudiences.fql;

import java.util.ArrayList;
import java.util.List;

/** Splits an FQL expression into tokens. */
final class FqlLexer {

    enum Kind {
        WORD("a name"),
        STRING("a string"),
        NUMBER("a number"),
        OPERATOR("an operator"),
        OPEN("'('"),
        CLOSE("')'"),
        COMMA("','"),
        NOT("'!'"),
        END("the end of the expression");

        private final String description;

        Kind(String description) {
            this.description = description;
        }

        @Override
        public String toString() {
            return description;
        }
    }

    record Token(Kind kind, String text, int position) {

        String found() {
            return kind == Kind.END ? kind.toString() : "'" + text + "'";
        }
    }

    private final String expression;
    private int at;

    private FqlLexer(String expression) {
        this.expression = expression;
    }

    static List<Token> tokens(String expression) {
        FqlLexer lexer = new FqlLexer(expression);
        List<Token> tokens = new ArrayList<>();
        Token token;
        do {
            token = lexer.next();
            tokens.add(token);
        } while (token.kind() != Kind.END);
        return tokens;
    }

    private Token next() {
        while (at < expression.length() && Character.isWhitespace(expression.charAt(at))) {
            at++;
        }
        if (at == expression.length()) {
            return new Token(Kind.END, "", at);
        }
        int start = at;
        char c = expression.charAt(at);
        switch (c) {
            case '(':
                return symbol(Kind.OPEN, 1);
            case ')':
                return symbol(Kind.CLOSE, 1);
            case ',':
                return symbol(Kind.COMMA, 1);
            case '=':
                return symbol(Kind.OPERATOR, 1);
            case '!':
                return follows('=') ? symbol(Kind.OPERATOR, 2) : symbol(Kind.NOT, 1);
            case '<':
            case '>':
                return symbol(Kind.OPERATOR, follows('=') ? 2 : 1);
            case '"':
                return string();
            default:
                if (isDigit(c) || (c == '-' && start + 1 < expression.length() && isDigit(expression.charAt(at + 1)))) {
                    return number();
                }
                if (Character.isLetter(c) || c == '_' || c == '$') {
                    return word();
                }
                throw new FqlSyntaxException(
                        expression, start, "a subject, a value, an operator or a parenthesis", "'" + c + "'");
        }
    }

    private boolean follows(char c) {
        return at + 1 < expression.length() && expression.charAt(at + 1) == c;
    }

    private Token symbol(Kind kind, int length) {
        int start = at;
        at += length;
        return new Token(kind, expression.substring(start, at), start);
    }

    private Token string() {
        int start = at++;
        StringBuilder text = new StringBuilder();
        while (at < expression.length()) {
            char c = expression.charAt(at++);
            if (c == '"') {
                return new Token(Kind.STRING, text.toString(), start);
            }
            if (c == '\\' && at < expression.length()) {
                c = escaped(expression.charAt(at++));
            }
            text.append(c);
        }
        throw new FqlSyntaxException(expression, start, "a closing '\"' for the string that begins", "none");
    }

    private static char escaped(char c) {
        return switch (c) {
            case 'n' -> '\n';
            case 't' -> '\t';
            case 'r' -> '\r';
            default -> c;
        };
    }

    private Token number() {
        int start = at++;
        while (at < expression.length()
                && (isDigit(expression.charAt(at)) || ".eE+-".indexOf(expression.charAt(at)) >= 0)) {
            at++;
        }
        return new Token(Kind.NUMBER, expression.substring(start, at), start);
    }

    /** A dotted path or a keyword. A backslash escapes the next character, such as a dot or a blank. */
    private Token word() {
        int start = at;
        StringBuilder text = new StringBuilder();
        while (at < expression.length()) {
            char c = expression.charAt(at);
            if (c == '\\' && at + 1 < expression.length()) {
                text.append(c).append(expression.charAt(at + 1));
                at += 2;
            } else if (Character.isLetterOrDigit(c) || Character.isSurrogate(c) || "_.-$".indexOf(c) >= 0) {
                text.append(c);
                at++;
            } else {
                break;
            }
        }
        return new Token(Kind.WORD, text.toString(), start);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
