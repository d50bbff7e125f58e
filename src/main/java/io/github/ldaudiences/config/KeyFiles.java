package io.github.ldaudiences.config;

import io.github.ldaudiences.secret.Secret;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;

/**
 * Reads the key and certificate files that properties name. The format, PEM, PKCS12 or JKS, is detected from the
 * content.
 */
final class KeyFiles {

    private final Settings settings;

    KeyFiles(Settings settings) {
        this.settings = settings;
    }

    /**
     * Reads a private key with its certificates.
     *
     * @param file the certificates and, unless they are in PEM and the key has a file of its own, the key
     * @param keyFile the key's own file in PEM, or empty
     * @param password of the file and of the key
     * @throws ConfigurationException if they cannot be read or lack what is needed
     */
    KeyManagerFactory keys(Property<String> file, Property<String> keyFile, Property<Secret> password) {
        String needed = "a private key with its certificate";
        char[] secret = password(password);
        try {
            KeyStore store = pemKeys(file, keyFile, password);
            if (store == null) {
                if (!settings.get(keyFile).isEmpty()) {
                    throw new ConfigurationException(keyFile.key() + " is of no use while " + set(file)
                            + " is not in PEM; the key is expected in that file.");
                }
                store = javaStore(file, password, true, needed);
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, secret);
            return keys;
        } catch (UnrecoverableKeyException e) {
            throw wrongPassword(file, password);
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException(set(file) + " cannot be used for TLS: " + e.getMessage());
        }
    }

    private KeyStore pemKeys(Property<String> file, Property<String> keyFile, Property<Secret> password)
            throws GeneralSecurityException, IOException {
        Pem pem = pem(file);
        if (pem == null) {
            return null;
        }
        boolean apart = !settings.get(keyFile).isEmpty();
        Property<String> ofKey = apart ? keyFile : file;
        Pem pemOfKey = apart ? pem(keyFile) : pem;
        List<X509Certificate> chain = pem.certificates();
        if (chain.isEmpty()) {
            throw notAllowed(file, "a certificate, and its private key unless " + keyFile.key() + " names its file");
        }
        PublicKey owner = chain.get(0).getPublicKey();
        PrivateKey key;
        try {
            key = pemOfKey == null ? null : pemOfKey.privateKey(owner, password(password));
        } catch (UnrecoverableKeyException e) {
            throw wrongPassword(ofKey, password);
        } catch (GeneralSecurityException | IOException e) {
            throw notOfCertificate(ofKey, file);
        }
        if (key == null) {
            throw new ConfigurationException(
                    set(ofKey) + " is not allowed; allowed is a PEM file that can be read and holds a private key"
                            + " in PKCS#8, PKCS#1 or SEC 1; an encrypted one in PKCS#8.");
        }
        if (!belongTogether(key, owner)) {
            throw notOfCertificate(ofKey, file);
        }
        KeyStore store = emptyStore();
        store.setKeyEntry("key", key, password(password), chain.toArray(Certificate[]::new));
        return store;
    }

    private static boolean belongTogether(PrivateKey privateKey, PublicKey publicKey) throws GeneralSecurityException {
        String algorithm =
                switch (publicKey.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> publicKey.getAlgorithm();
                };
        byte[] anything = {1};
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(privateKey);
        signature.update(anything);
        byte[] signed = signature.sign();
        signature.initVerify(publicKey);
        signature.update(anything);
        return signature.verify(signed);
    }

    /**
     * Reads trusted certificates.
     *
     * @param file the certificates
     * @param password of the file, unless it is in PEM
     * @throws ConfigurationException if it cannot be read or holds none
     */
    KeyStore certificates(Property<String> file, Property<Secret> password) {
        String needed = "a certificate";
        try {
            Pem pem = pem(file);
            if (pem == null) {
                return javaStore(file, password, false, needed);
            }
            List<X509Certificate> certificates = pem.certificates();
            if (certificates.isEmpty()) {
                throw notAllowed(file, needed);
            }
            return store(certificates);
        } catch (GeneralSecurityException | IOException e) {
            throw new ConfigurationException(set(file) + " cannot be used for TLS: " + e.getMessage());
        }
    }

    /** @return a key store that holds these certificates */
    static KeyStore store(Collection<X509Certificate> certificates) throws GeneralSecurityException, IOException {
        KeyStore store = emptyStore();
        for (X509Certificate certificate : certificates) {
            store.setCertificateEntry(Integer.toString(store.size()), certificate);
        }
        return store;
    }

    private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** @return what is in the file, or null if it is not in PEM or cannot be read */
    private Pem pem(Property<String> file) {
        try {
            return Pem.read(Path.of(settings.get(file)));
        } catch (IOException | IllegalArgumentException e) {
            return null;
        }
    }

    private KeyStore javaStore(Property<String> file, Property<Secret> password, boolean ofKeys, String needed) {
        try {
            KeyStore store = KeyStore.getInstance(new File(settings.get(file)), password(password));
            for (String alias : Collections.list(store.aliases())) {
                if (ofKeys ? store.isKeyEntry(alias) : store.isCertificateEntry(alias)) {
                    return store;
                }
            }
        } catch (IOException e) {
            if (e.getCause() instanceof UnrecoverableKeyException) {
                throw wrongPassword(file, password);
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // The file is missing, or of a type that Java does not know.
        }
        throw notAllowed(file, needed);
    }

    private char[] password(Property<Secret> password) {
        return settings.get(password).reveal().toCharArray();
    }

    private String set(Property<String> file) {
        return file.key() + "=" + settings.get(file);
    }

    private ConfigurationException notAllowed(Property<String> file, String needed) {
        return new ConfigurationException(set(file)
                + " is not allowed; allowed is a PEM, PKCS12 or JKS file that can be read and holds " + needed + ".");
    }

    private ConfigurationException wrongPassword(Property<String> file, Property<Secret> password) {
        return new ConfigurationException(password.key() + " does not open " + set(file) + ".");
    }

    private ConfigurationException notOfCertificate(Property<String> key, Property<String> certificates) {
        return new ConfigurationException(set(key)
                + " is not allowed; allowed is the private key of the first certificate in " + set(certificates) + ".");
    }
}
