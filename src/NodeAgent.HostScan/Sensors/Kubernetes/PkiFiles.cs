// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.HostData;

namespace NodeAgent.HostScan.Sensors.Kubernetes;

/// <summary>The keys and certificates of a control plane: of keys owner and mode only, they are not opened.</summary>
internal static class PkiFiles
{
    private const int MaxLevels = 5;
    private const int MaxFiles = 512;
    private const int MaxCertificates = 2000;

    private static readonly string[] CertificateEndings = [".crt", ".pem", ".cert", ".cer"];

    /// <returns>Sorted by path, folders among them.</returns>
    public static IReadOnlyList<HostFile> Read(SensorRun run, string folder)
    {
        var found = new List<HostFile>();
        Walk(run, folder, MaxLevels, found);
        return [.. found.OrderBy(file => file.Path, StringComparer.Ordinal)];
    }

    private static void Walk(SensorRun run, string folder, int levels, List<HostFile> found)
    {
        foreach (string name in run.List(folder, MaxFiles))
        {
            run.Stop.ThrowIfCancellationRequested();
            string path = $"{folder}/{name}";
            if (found.Count >= MaxFiles)
            {
                run.Problem($"{folder}: more than {MaxFiles} keys and certificates, the rest is not told");
                return;
            }

            // A link to a folder is not walked: it may lead in a circle, and what is there belongs to another.
            bool isFolder = run.Root.TryGetFacts(path, out Interop.Platform.FileFacts facts, follow: false) == Roots.ReadProblem.None && facts.IsDirectory;
            bool isRoom = found.Sum(known => known.Certificates?.Count ?? 0) < MaxCertificates;
            if (!isRoom)
            {
                run.Problem($"{folder}: more than {MaxCertificates} certificates, the rest is not told");
            }

            HostFile? file = isRoom && !isFolder && IsCertificate(name) ? run.DescribeCertificate(path) : run.Describe(path, FileContent.None);
            if (file is not null)
            {
                found.Add(file);
            }

            if (isFolder && levels > 1)
            {
                Walk(run, path, levels - 1, found);
            }
            else if (isFolder)
            {
                run.Problem($"{path}: deeper than {MaxLevels} levels, not read");
            }
        }
    }

    private static bool IsCertificate(string name) =>
        CertificateEndings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)) && !name.Contains("key", StringComparison.OrdinalIgnoreCase);
}
