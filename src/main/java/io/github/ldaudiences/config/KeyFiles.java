package io.github.ldaudiences.config;

import io.github.ldaudiences.secret.Secret;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStore.PrivateKeyEntry;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
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

    /** What a key store must hold. */
    static final String KEYS = "a private key with its certificate";

    /** What a trust store must hold. */
    static final String CERTIFICATES = "a certificate";

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
        char[] secret = password(password);
        try {
            KeyStore store;
            PrivateKeyEntry pem = pemKeys(file, keyFile, password);
            if (pem == null) {
                store = javaStore(file, password, true, KEYS);
            } else {
                store = emptyStore();
                store.setKeyEntry("key", pem.getPrivateKey(), secret, pem.getCertificateChain());
            }
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, secret);
            return keys;
        } catch (UnrecoverableKeyException e) {
            throw wrongPassword(file, password);
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(file, e);
        }
    }

    /**
     * Reads a private key with its certificates if they are in PEM.
     *
     * @param file the certificates and, unless the key has a file of its own, the key
     * @param keyFile the key's own file, or empty
     * @param password of an encrypted key
     * @return the key and the certificates, or null if the file is not in PEM or cannot be read
     * @throws ConfigurationException if they lack what is needed, or only the file of the key is in PEM
     */
    PrivateKeyEntry pemKeys(Property<String> file, Property<String> keyFile, Property<Secret> password) {
        Pem pem = pem(file);
        boolean apart = !settings.get(keyFile).isEmpty();
        if (pem == null) {
            if (apart) {
                throw new ConfigurationException(keyFile.key() + " has no effect while " + set(file)
                        + " is not in PEM: the key must be in that file.");
            }
            return null;
        }
        Property<String> ofKey = apart ? keyFile : file;
        Pem pemOfKey = apart ? pem(keyFile) : pem;
        List<X509Certificate> chain = certificates(pem, file);
        if (chain.isEmpty()) {
            throw notAllowed(file, "a certificate, and its private key unless " + keyFile.key() + " names its file");
        }
        PublicKey owner = chain.get(0).getPublicKey();
        PrivateKey key;
        try {
            key = pemOfKey == null ? null : pemOfKey.privateKey(owner, password(password));
            if (key == null) {
                throw new ConfigurationException(
                        set(ofKey) + " is not allowed; allowed is a PEM file that can be read and holds a private key"
                                + " in PKCS#8, PKCS#1 or SEC 1; an encrypted one in PKCS#8.");
            }
            if (belongTogether(key, owner)) {
                return new PrivateKeyEntry(key, chain.toArray(Certificate[]::new));
            }
        } catch (UnrecoverableKeyException e) {
            throw wrongPassword(ofKey, password);
        } catch (GeneralSecurityException | IOException e) {
            // The key is for another algorithm than the certificate's.
        }
        throw notOfCertificate(ofKey, file);
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
        try {
            List<X509Certificate> pem = pemCertificates(file);
            return pem == null ? javaStore(file, password, false, CERTIFICATES) : store(pem);
        } catch (GeneralSecurityException | IOException e) {
            throw unusable(file, e);
        }
    }

    /**
     * Reads trusted certificates if they are in PEM.
     *
     * @param file the certificates
     * @return at least one certificate, or null if the file is not in PEM or cannot be read
     * @throws ConfigurationException if it holds none
     */
    List<X509Certificate> pemCertificates(Property<String> file) {
        Pem pem = pem(file);
        if (pem == null) {
            return null;
        }
        List<X509Certificate> certificates = certificates(pem, file);
        if (certificates.isEmpty()) {
            throw notAllowed(file, CERTIFICATES);
        }
        return certificates;
    }

    private List<X509Certificate> certificates(Pem pem, Property<String> file) {
        try {
            return pem.certificates();
        } catch (CertificateException e) {
            throw unusable(file, e);
        }
    }

    /**
     * @param file a file that others read
     * @param needed what it holds
     * @throws ConfigurationException if it cannot be read
     */
    void checkReadable(Property<String> file, String needed) {
        File path = new File(settings.get(file));
        if (!path.isFile() || !path.canRead()) {
            throw notAllowed(file, needed);
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

    private ConfigurationException unusable(Property<String> file, Exception e) {
        return new ConfigurationException(set(file) + " cannot be used for TLS: " + e.getMessage());
    }

    private ConfigurationException wrongPassword(Property<String> file, Property<Secret> password) {
        return new ConfigurationException(password.key() + " does not open " + set(file) + ".");
    }

    private ConfigurationException notOfCertificate(Property<String> key, Property<String> certificates) {
        return new ConfigurationException(set(key)
                + " is not allowed; allowed is the private key of the first certificate in " + set(certificates) + ".");
    }
}
