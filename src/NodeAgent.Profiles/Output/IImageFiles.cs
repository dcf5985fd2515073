// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Output;

/// <summary>Which files an image is known to have: profiles name those one by one, however many there are in a directory.</summary>
public interface IImageFiles
{
    /// <summary>Called in the background, whenever something of a profile is saved or assembled: no waiting. Who learns of files later has the profile assembled again.</summary>
    /// <param name="key"><see cref="ProfileSnapshot.Key"/> of the profile.</param>
    /// <param name="imageTag">Shape: <c>docker.io/nginx:latest</c>; may be empty.</param>
    /// <param name="imageDigest">Shape: <c>sha256:HEX</c>; may be empty.</param>
    /// <returns>Empty as long as none are known.</returns>
    LiteralPaths FilesOf(string key, string imageTag, string imageDigest);
}
