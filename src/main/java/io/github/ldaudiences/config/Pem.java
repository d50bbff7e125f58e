package io.github.ldaudiences.config;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * The certificates and the private key in a PEM file. The key may be in PKCS#8, the only format that Netty and Kafka
 * read. It may also be in the older PKCS#1 for RSA or SEC 1 for EC, which cert-manager writes by default.
 */
final class Pem {

    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private record Block(String type, byte[] bytes) {}

    private final List<Block> blocks = new ArrayList<>();

    private Pem(String text) {
        Matcher block = BLOCK.matcher(text);
        while (block.find()) {
            blocks.add(new Block(block.group(1), Base64.getMimeDecoder().decode(block.group(2))));
        }
    }

    /** @return what is in the file, or null if it is not in PEM */
    static Pem read(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        return text.contains("-----BEGIN ") ? new Pem(text) : null;
    }

    /** @return the text of a file with these certificates */
    static String of(Certificate... certificates) throws CertificateException {
        StringBuilder text = new StringBuilder();
        for (Certificate certificate : certificates) {
            text.append(of("CERTIFICATE", certificate.getEncoded()));
        }
        return text.toString();
    }

    /** @return the text of a file with this private key, in PKCS#8 */
    static String of(PrivateKey key) {
        return of("PRIVATE KEY", key.getEncoded());
    }

    private static String of(String type, byte[] bytes) {
        Base64.Encoder base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        return "-----BEGIN " + type + "-----\n" + base64.encodeToString(bytes) + "\n-----END " + type + "-----\n";
    }

    List<X509Certificate> certificates() throws CertificateException {
        CertificateFactory factory = CertificateFactory.getInstance("X.509");
        List<X509Certificate> certificates = new ArrayList<>();
        for (Block block : blocks) {
            if (block.type().equals("CERTIFICATE")) {
                certificates.add(
                        (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(block.bytes())));
            }
        }
        return certificates;
    }

    /**
     * @param owner the public key in the certificate of this private key
     * @param password decrypts an encrypted key, which must be in PKCS#8
     * @return the private key, or null if there is none
     * @throws UnrecoverableKeyException if the password is wrong
     */
    PrivateKey privateKey(PublicKey owner, char[] password) throws GeneralSecurityException, IOException {
        for (Block block : blocks) {
            PKCS8EncodedKeySpec key =
                    switch (block.type()) {
                        case "PRIVATE KEY" -> new PKCS8EncodedKeySpec(block.bytes());
                        case "ENCRYPTED PRIVATE KEY" -> decrypted(block.bytes(), password);
                        case "RSA PRIVATE KEY", "EC PRIVATE KEY" -> wrapped(block.bytes(), owner);
                        default -> null;
                    };
            if (key != null) {
                return KeyFactory.getInstance(owner.getAlgorithm()).generatePrivate(key);
            }
        }
        return null;
    }

    private static PKCS8EncodedKeySpec decrypted(byte[] bytes, char[] password)
            throws IOException, UnrecoverableKeyException {
        EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(bytes);
        // The JDK reports PBES2 by name or OID in the algorithm, and the actual scheme in the parameters.
        String algorithm = info.getAlgName().matches("PBES2|[0-9.]+")
                ? info.getAlgParameters().toString()
                : info.getAlgName();
        try {
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password)),
                    info.getAlgParameters());
            return info.getKeySpec(cipher);
        } catch (GeneralSecurityException e) {
            throw new UnrecoverableKeyException(e.getMessage());
        }
    }

    /** Wraps an older key in PKCS#8: the algorithm from the certificate, followed by the key. */
    private static PKCS8EncodedKeySpec wrapped(byte[] key, PublicKey owner) {
        byte[] version = {2, 1, 0};
        return new PKCS8EncodedKeySpec(der(0x30, version, algorithm(owner.getEncoded()), der(4, key)));
    }

    /** @return the first element of a public key's sequence: the algorithm with its parameters */
    private static byte[] algorithm(byte[] publicKey) {
        ByteBuffer der = ByteBuffer.wrap(publicKey);
        readHeader(der);
        int start = der.position();
        int length = readHeader(der);
        return Arrays.copyOfRange(publicKey, start, der.position() + length);
    }

    /** Reads the tag and length of a DER element, and returns the length. */
    private static int readHeader(ByteBuffer der) {
        der.get();
        int length = der.get() & 0xff;
        if (length < 0x80) {
            return length;
        }
        int longer = 0;
        for (int i = length & 0x7f; i > 0; i--) {
            longer = longer << Byte.SIZE | der.get() & 0xff;
        }
        return longer;
    }

    private static byte[] der(int tag, byte[]... parts) {
        int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
        ByteBuffer der = ByteBuffer.allocate(length + 4).put((byte) tag);
        // The JDK requires the shortest form of a length. Keys have fewer than 65,536 bytes.
        if (length > 0xff) {
            der.put((byte) 0x82).putShort((short) length);
        } else if (length > 0x7f) {
            der.put((byte) 0x81).put((byte) length);
        } else {
            der.put((byte) length);
        }
        Arrays.stream(parts).forEach(der::put);
        return Arrays.copyOf(der.array(), der.position());
    }
}
