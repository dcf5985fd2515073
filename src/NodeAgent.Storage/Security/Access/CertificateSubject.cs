// SPDX-License-Identifier: Apache-2.0
using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Storage.Security.Access;

/// <summary>The names in a certificate's subject, read as the API server reads them: common name = user, organizations = groups.</summary>
internal static class CertificateSubject
{
    private const string CommonName = "2.5.4.3";
    private const string Organization = "2.5.4.10";

    /// <returns>Common name, empty when there is none; organizations in their order.</returns>
    /// <remarks>Errors: none: a subject that cannot be read has no names.</remarks>
    public static (string CommonName, IReadOnlyList<string> Organizations) Read(X509Certificate2 certificate)
    {
        string name = string.Empty;
        var organizations = new List<string>();
        try
        {
            foreach (X500RelativeDistinguishedName part in certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: false))
            {
                // One of several values has no defined place: nothing that Kubernetes issues has it.
                if (part.HasMultipleElements)
                {
                    continue;
                }

                string type = part.GetSingleElementType().Value ?? string.Empty;
                if (type == CommonName)
                {
                    name = part.GetSingleElementValue() ?? string.Empty;
                }
                else if (type == Organization && part.GetSingleElementValue() is { Length: > 0 } organization)
                {
                    organizations.Add(organization);
                }
            }
        }
        catch (Exception error) when (error is System.Security.Cryptography.CryptographicException or AsnContentException or InvalidOperationException)
        {
            return (string.Empty, []);
        }

        return (name, organizations);
    }
}
