// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Configuration;

/// <summary>The endpoint that the API server asks about requests, an admission webhook.</summary>
public sealed class AdmissionSettings
{
    /// <summary>Shape: ADDRESS:PORT; port 0 = any free one; empty = off.</summary>
    public string Address { get; set; } = string.Empty;

    /// <summary>Shape: path of PEM, the server's own certificate first.</summary>
    public string CertFile { get; set; } = string.Empty;

    /// <summary>Shape: path of PEM.</summary>
    public string KeyFile { get; set; } = string.Empty;

    /// <summary>Shape: path of PEM; empty = whoever reaches the port is heard.</summary>
    public string ClientCaFile { get; set; } = string.Empty;
}
